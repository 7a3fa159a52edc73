package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // formats that image.Decode knows
	_ "image/png"
	"io"
	"net/http"
	"strconv"

	"golang.org/x/image/draw"

	"example.com/classify/model"
)

const (
	maxBodyBytes = 8 << 20
	maxPixels    = 40 << 20 // of a picture, which may be small as a file
	maxWaiting   = 64       // requests at a time; further ones are turned away
	defaultTop   = 3
)

// classifier holds networks that are ready to compute. They share weights; each computes on one thread.
type classifier struct {
	idle    chan *worker
	waiting chan struct{} // holds a token for each request
}

// worker is a network and what goes in and out, used by one request at a time.
type worker struct {
	net    *model.Net
	pixels *image.RGBA
	rgb    []byte
	input  []float32
	scores []float32
}

func newClassifier(workers int) (*classifier, error) {
	if workers < 1 {
		return nil, fmt.Errorf("%d workers: at least one is needed", workers)
	}
	c := &classifier{idle: make(chan *worker, workers), waiting: make(chan struct{}, maxWaiting)}
	shape := model.InputShape() // 1, 3, height, width
	for range workers {
		net, err := model.New(model.WithThreads(1))
		if err != nil {
			return nil, err
		}
		c.idle <- &worker{
			net:    net,
			pixels: image.NewRGBA(image.Rect(0, 0, shape[3], shape[2])),
			rgb:    make([]byte, model.InputLen),
			input:  make([]float32, model.InputLen),
			scores: make([]float32, model.OutputLen),
		}
	}
	return c, nil
}

// close waits for the workers and frees them.
func (c *classifier) close() {
	for range cap(c.idle) {
		(<-c.idle).net.Close()
	}
}

func (c *classifier) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /classify", c.classify)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	return mux
}

// class is a line of the answer.
type class struct {
	Label string  `json:"label"`
	Score float32 `json:"score"`
}

// classify answers a POST of a picture with the best classes, as many as the query's top says.
func (c *classifier) classify(w http.ResponseWriter, r *http.Request) {
	select {
	case c.waiting <- struct{}{}:
		defer func() { <-c.waiting }()
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many requests at a time", http.StatusServiceUnavailable)
		return
	}
	top := defaultTop
	if text := r.URL.Query().Get("top"); text != "" {
		var err error
		if top, err = strconv.Atoi(text); err != nil || top < 1 {
			http.Error(w, "top must be a number of at least 1", http.StatusBadRequest)
			return
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var idle *worker
	select {
	case idle = <-c.idle:
		defer func() { c.idle <- idle }()
	case <-r.Context().Done():
		return // nobody waits for the answer
	}
	if err := idle.load(body); err != nil {
		http.Error(w, err.Error(), http.StatusUnsupportedMediaType)
		return
	}
	if err := idle.net.Predict(idle.scores, idle.input); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var best []class
	for _, i := range model.Top(idle.scores, top) {
		best = append(best, class{model.Classes()[i], idle.scores[i]})
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"classes": best})
}

// load decodes a picture, scales it to the network's size and makes it its input.
func (w *worker) load(picture []byte) error {
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	switch {
	case err != nil:
		return err
	case config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height:
		return fmt.Errorf("a picture of %d by %d pixels is too large", config.Width, config.Height)
	}
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	draw.BiLinear.Scale(w.pixels, w.pixels.Bounds(), decoded, decoded.Bounds(), draw.Src, nil)
	for i := range len(w.rgb) / 3 {
		copy(w.rgb[3*i:3*i+3], w.pixels.Pix[4*i:])
	}
	return model.FromRGB(w.input, w.rgb)
}
