package data

import "fmt"

// Augment changes pictures at random each time they are used for training. The zero value leaves them as they are.
type Augment struct {
	Flip    bool // exchange left and right of every second picture
	Crop    int  // move by up to so many pixels in each direction: torchvision's RandomCrop with this padding
	Reflect bool // what Crop brings in from outside is the mirror image, not black
	Cutout  int  // cover a square with sides of so many pixels with zeros, anywhere (DeVries, Taylor 2017)
}

// validate reports what does not go with pictures of the size of p.
func (a Augment) validate(p *Preprocess) error {
	side := min(p.Width, p.Height)
	switch {
	case a.Crop < 0 || a.Crop >= side:
		return fmt.Errorf("augment: a crop with a padding of %d: it is from 0 to %d for pictures of %dx%d", a.Crop, side-1, p.Width, p.Height)
	case a.Cutout < 0 || a.Cutout > side:
		return fmt.Errorf("augment: a cutout of %d: it is from 0 to %d for pictures of %dx%d", a.Cutout, side, p.Width, p.Height)
	}
	return nil
}

// view draws how a picture is seen.
func (a Augment) view(d draws, width, height int) view {
	v := view{reflect: a.Reflect}
	v.flip = a.Flip && d.below(2) == 1
	if a.Crop > 0 {
		v.dx, v.dy = d.below(2*a.Crop+1)-a.Crop, d.below(2*a.Crop+1)-a.Crop
	}
	if a.Cutout > 0 {
		x, y := d.below(width)-a.Cutout/2, d.below(height)-a.Cutout/2
		v.covered = square{max(x, 0), max(y, 0), min(x+a.Cutout, width), min(y+a.Cutout, height)}
	}
	return v
}
