// Command learner trains a network on pictures that it draws itself, with the Trainer that nncc put into the package shapes.
package main

import (
	"fmt"
	"log"
	"math/rand"
	"os"

	"example.com/learner/shapes"
)

//go:generate go tool nncc build model.json --train --batch 32 --optimizer momentum --lr 0.02

const (
	side  = 12 // pixels of a picture, in each direction
	steps = 300
	file  = "shapes.safetensors"
)

func main() {
	trainer, err := shapes.NewTrainer()
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()
	rng := rand.New(rand.NewSource(1))
	images, labels := make([]float32, shapes.TrainBatch*shapes.InputLen), make([]int64, shapes.TrainBatch)
	for step := 1; step <= steps; step++ {
		if step == steps*2/3 {
			trainer.SetLearningRate(0.002)
		}
		drawBatch(rng, images, labels)
		loss, correct, err := trainer.Step(images, labels)
		if err != nil {
			log.Fatal(err)
		}
		if step == 1 || step%50 == 0 {
			fmt.Printf("step %3d: loss %.3f, %2d of %d right\n", step, loss, correct, len(labels))
		}
	}
	drawBatch(rng, images, labels)
	scores := make([]float32, shapes.TrainBatch*shapes.OutputLen)
	if err := trainer.Predict(scores, images); err != nil {
		log.Fatal(err)
	}
	right := 0
	for i, label := range labels {
		if shapes.Top(scores[i*shapes.OutputLen:][:shapes.OutputLen], 1)[0] == int(label) {
			right++
		}
	}
	fmt.Printf("new pictures: %d of %d right\n", right, len(labels))
	if err := save(trainer); err != nil {
		log.Fatal(err)
	}
}

// save writes the parameters and what the optimizer remembers: nncc export and PyTorch read the one, Load both.
func save(trainer *shapes.Trainer) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := trainer.Save(f); err != nil {
		return err
	}
	return f.Close()
}

// drawBatch fills a batch with a disc, a square or a cross each, somewhere in noise.
func drawBatch(rng *rand.Rand, images []float32, labels []int64) {
	for i := range labels {
		label := rng.Intn(len(shapes.Classes()))
		labels[i] = int64(label)
		draw(rng, images[i*shapes.InputLen:][:shapes.InputLen], label)
	}
}

func draw(rng *rand.Rand, image []float32, label int) {
	radius := 2 + rng.Intn(3)
	centreX, centreY := radius+rng.Intn(side-2*radius), radius+rng.Intn(side-2*radius)
	for i := range image {
		x, y := i%side-centreX, i/side-centreY
		image[i] = 0.3 * rng.Float32()
		if inside(label, x, y, radius) {
			image[i]++
		}
	}
}

// inside reports whether a point is in the shape of a class.
func inside(label, x, y, radius int) bool {
	switch {
	case max(x, -x, y, -y) > radius:
		return false
	case label == 0:
		return x*x+y*y <= radius*radius
	case label == 2:
		return x == 0 || y == 0
	}
	return true
}
