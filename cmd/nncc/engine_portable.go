package main

import "errors"

func (s *session) openPortable(o engineOptions) (*engine, error) {
	return nil, &unavailableError{errors.New("the portable backend is missing")}
}
