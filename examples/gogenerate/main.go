// Command reader says which digit is on a picture, with the network that go generate compiles from model.json.
package main

import (
	"fmt"
	"log"

	"example.com/reader/digits"
)

//go:generate go tool nncc build model.json

func main() {
	net, err := digits.New()
	if err != nil {
		log.Fatal(err)
	}
	defer net.Close()
	image, scores := make([]float32, digits.InputLen), make([]float32, digits.OutputLen)
	if err := net.Predict(scores, image); err != nil {
		log.Fatal(err)
	}
	best := digits.Top(scores, 1)[0]
	fmt.Printf("a black picture is most like a %s: %.4f\n", digits.Classes()[best], scores[best])
}
