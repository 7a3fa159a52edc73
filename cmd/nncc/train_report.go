package main

import (
	"fmt"
	"image"
	"io"
	"path/filepath"
	"slices"
	"time"

	"nncc/cmd/nncc/page"
	"nncc/runtime/data"
	"nncc/runtime/train"
)

// reportFile is the page about a run, in its folder.
const reportFile = "report.html"

// What the report shows at most.
const (
	maxMistakes = 60 // pictures
	maxMatrix   = 40 // classes of a confusion matrix
)

// writeReport writes the page about a run.
func (o *trainOptions) writeReport(s *session, sets *trainSets, r *train.Result) error {
	mistakes, err := mistakePictures(sets, r.Predictions)
	if err != nil {
		return err
	}
	p := page.Page{Title: s.name() + ": nncc train", Body: []page.Node{
		page.TextEl("h1", s.name()),
		page.TextEl("p", o.summary(sets)).Class("quiet"),
		page.Figures(runFigures(r)...),
		page.TextEl("h2", "Curves"), runCurves(r),
	}}
	if counts := sets.confusion(r.Predictions); sets.outputs <= maxMatrix {
		p.Body = append(p.Body, page.TextEl("h2", "Right classes in rows, answers in columns"), page.Confusion(sets.classes, counts))
	} else {
		p.Body = append(p.Body, page.TextEl("h2", "The most frequent mistakes"), sets.frequentMistakes(counts))
	}
	if len(mistakes) > 0 {
		p.Body = append(p.Body, page.TextEl("h2", "Pictures that are taken for others"), page.Pictures(mistakes...))
	}
	return writeFile(filepath.Join(o.out, reportFile), func(w io.Writer) error { return p.Write(w) })
}

// summary is the recipe in a sentence.
func (o *trainOptions) summary(sets *trainSets) string {
	return fmt.Sprintf("%s and %s, batch %d, %s at a learning rate of %v (%s), %s, seed %d.", plural(sets.train.Len(), "training picture"),
		plural(sets.test.Len(), "test picture"), o.step.batch, o.step.optimizer, o.step.lr, o.schedule.name, o.step.loss, o.seed)
}

func runFigures(r *train.Result) []page.Figure {
	best, last := r.Epochs[r.Best], r.Epochs[len(r.Epochs)-1]
	return []page.Figure{
		{Value: fmt.Sprintf("%.2f%%", 100**best.TestAccuracy), Label: fmt.Sprintf("best test accuracy, epoch %d", best.Epoch)},
		{Value: fmt.Sprintf("%.2f%%", 100**last.TestAccuracy), Label: "test accuracy at the end"},
		{Value: fmt.Sprint(len(r.Epochs)), Label: "epochs"},
		{Value: time.Duration(last.Seconds * float64(time.Second)).Round(time.Second / 10).String(), Label: "time"},
		{Value: fmt.Sprintf("%.0f", last.ImagesPerSec), Label: "images a second, last epoch"},
	}
}

// runCurves are the plots of a run, over epochs.
func runCurves(r *train.Result) page.Node {
	perEpoch := float64(len(r.Curve.Loss)*r.Curve.Stride+r.Curve.Count) / float64(len(r.Epochs))
	loss, rate := page.Curve{Name: "training", Class: "compute"}, page.Curve{Name: "learning rate", Class: "compute"}
	for i, y := range r.Curve.Loss {
		first := float64(i * r.Curve.Stride)
		loss.X, loss.Y = append(loss.X, (first+float64(r.Curve.Stride)/2)/perEpoch), append(loss.Y, y)
		rate.X, rate.Y = append(rate.X, first/perEpoch), append(rate.Y, r.Curve.Rate[i])
	}
	accuracy := page.Curve{Name: "training", Class: "compute"}
	testLoss, testAccuracy := page.Curve{Name: "test", Class: "memory"}, page.Curve{Name: "test", Class: "memory"}
	for _, e := range r.Epochs {
		x := float64(e.Epoch)
		accuracy.X, accuracy.Y = append(accuracy.X, x), append(accuracy.Y, e.Accuracy)
		testLoss.X, testLoss.Y = append(testLoss.X, x), append(testLoss.Y, *e.TestLoss)
		testAccuracy.X, testAccuracy.Y = append(testAccuracy.X, x), append(testAccuracy.Y, *e.TestAccuracy)
	}
	return page.El("div",
		page.Curves{Title: "loss", Across: "epoch", Lines: []page.Curve{loss, testLoss}}.SVG(),
		page.Curves{Title: "accuracy", Across: "epoch", Percent: true, Lines: []page.Curve{accuracy, testAccuracy}}.SVG(),
		page.Curves{Title: "learning rate", Across: "epoch", Lines: []page.Curve{rate}}.SVG(),
	).Class("plots")
}

// confusion counts the answers for each right class.
func (sets *trainSets) confusion(predictions []int64) [][]int {
	out := make([][]int, sets.outputs)
	for i := range out {
		out[i] = make([]int, sets.outputs)
	}
	for i, p := range predictions {
		out[sets.test.Label(i)][p]++
	}
	return out
}

// frequentMistakes is a table of the classes that are most often taken for others, for networks with many.
func (sets *trainSets) frequentMistakes(counts [][]int) page.Node {
	type mistake struct{ right, answer, count, total int }
	var all []mistake
	for i, row := range counts {
		total := 0
		for _, n := range row {
			total += n
		}
		for k, n := range row {
			if n > 0 && k != i {
				all = append(all, mistake{i, k, n, total})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mistake) int { return b.count - a.count })
	var rows [][]page.Cell
	for _, m := range all[:min(len(all), maxMistakes)] {
		rows = append(rows, []page.Cell{
			page.Word(className(sets.classes, m.right)), page.Word(className(sets.classes, m.answer)),
			page.Number(fmt.Sprint(m.count), float64(m.count)), page.Number(fmt.Sprint(m.total), float64(m.total)),
		})
	}
	return page.Table([]page.Column{{Title: "right class", Left: true}, {Title: "answer", Left: true}, {Title: "pictures"}, {Title: "of"}}, rows)
}

// mistakePictures are test pictures that were answered wrong, as the network sees them; spread over the set if they are
// many.
func mistakePictures(sets *trainSets, predictions []int64) ([]page.Picture, error) {
	var wrong []int
	for i, p := range predictions {
		if int(p) != sets.test.Label(i) {
			wrong = append(wrong, i)
		}
	}
	var out []page.Picture
	for k := range min(len(wrong), maxMistakes) {
		i := wrong[k*len(wrong)/min(len(wrong), maxMistakes)]
		m, name, err := sets.test.Image(i)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Picture{
			Image: standardImage(m), Caption: fmt.Sprintf("%s, not %s", className(sets.classes, int(predictions[i])), className(sets.classes, sets.test.Label(i))),
			Note: filepath.Base(name),
		})
	}
	return out, nil
}

func className(classes []string, i int) string {
	if i < len(classes) {
		return classes[i]
	}
	return fmt.Sprint(i)
}

// standardImage copies a picture into one of package image.
func standardImage(m *data.Image) image.Image {
	bounds := image.Rect(0, 0, m.Width, m.Height)
	if m.Channels == 1 {
		return &image.Gray{Pix: slices.Clone(m.Pix), Stride: m.Width, Rect: bounds}
	}
	out := image.NewNRGBA(bounds)
	for i := range m.Width * m.Height {
		copy(out.Pix[4*i:], m.Pix[3*i:3*i+3])
		out.Pix[4*i+3] = 0xff
	}
	return out
}
