// Command classify answers over HTTP what is on a picture:
//
//	curl --data-binary @cat.png http://127.0.0.1:8080/classify
//
// Package model is what nncc made of the network.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

//go:generate go tool nncc build ../../testdata/models/resnet20/model.json -o model

// grace is how long requests may take that are being answered when the program is told to end.
const grace = 10 * time.Second

func main() {
	address := flag.String("addr", "127.0.0.1:8080", "listen on `ADDRESS`")
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "compute `N` pictures at the same time")
	flag.Parse()
	if err := run(*address, *workers); err != nil {
		log.Fatal(err)
	}
}

func run(address string, workers int) error {
	c, err := newClassifier(workers)
	if err != nil {
		return err
	}
	defer c.close()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           c.routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      40 * time.Second,
		IdleTimeout:       60 * time.Second,
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Printf("listening on http://%s\n", listener.Addr())
	select {
	case err := <-ended:
		return err
	case <-stop.Done():
	}
	cancel() // a second signal ends the program at once
	limit, done := context.WithTimeout(context.Background(), grace)
	defer done()
	if err := server.Shutdown(limit); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
