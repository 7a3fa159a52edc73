package page

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
)

// Picture is a picture with a caption, inside the page.
type Picture struct {
	image.Image
	Caption, Note string
}

// Pictures are shown side by side, small ones enlarged.
func Pictures(list ...Picture) Node {
	box := El("div").Class("pictures")
	for _, p := range list {
		var file bytes.Buffer
		if err := png.Encode(&file, p.Image); err != nil {
			continue // an empty picture
		}
		img := El("img").With("src", "data:image/png;base64,"+base64.StdEncoding.EncodeToString(file.Bytes())).With("alt", p.Caption)
		box = box.Append(El("figure", img, El("figcaption", TextEl("b", p.Caption), TextEl("small", p.Note))))
	}
	return box
}
