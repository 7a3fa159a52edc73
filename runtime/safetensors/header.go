package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// header is the JSON header, before it is compared with the rest of the file.
type header struct {
	entries  []entry
	metadata map[string]string
}

// entry describes one tensor. begin and end count from the first byte behind the header.
type entry struct {
	name       string
	at         int // the place of the description in the file
	dtype      string
	shape      []int
	begin, end int
}

// parseHeader reads the header's text. What is not JSON ends it; what is JSON but no description of a tensor is
// reported, and the next tensor is read.
func parseHeader(text []byte, problems *problems) header {
	var h header
	end, err := members(text, func(name string, value json.RawMessage, at int) error {
		at += lengthBytes
		if name == metadataKey {
			h.metadata = parseMetadata(value, at, problems)
			return nil
		}
		if e, ok := parseEntry(name, value, at, problems); ok {
			h.entries = append(h.entries, e)
		}
		return nil
	})
	if err != nil {
		problems.add(lengthBytes+end, "", "header: %v", err)
	} else if rest := bytes.TrimRight(text[end:], " "); len(rest) > 0 {
		problems.add(lengthBytes+end, "", "header: only spaces may follow the closing brace")
	}
	return h
}

func parseMetadata(value json.RawMessage, at int, problems *problems) map[string]string {
	metadata := map[string]string{}
	end, err := members(value, func(key string, value json.RawMessage, _ int) error {
		text, err := parseString(value)
		metadata[key] = text
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		return nil
	})
	if err != nil {
		problems.add(at+end, "", "%s: %v", metadataKey, err)
	}
	return metadata
}

func parseEntry(name string, value json.RawMessage, at int, problems *problems) (entry, bool) {
	e := entry{name: name, at: at}
	missing := map[string]bool{"dtype": true, "shape": true, "data_offsets": true}
	end, err := members(value, func(key string, value json.RawMessage, _ int) (err error) {
		if !missing[key] {
			return fmt.Errorf("key %q is not known", key)
		}
		delete(missing, key)
		switch key {
		case "dtype":
			e.dtype, err = parseString(value)
		case "shape":
			e.shape, err = parseInts(value, maxRank)
		case "data_offsets":
			var offsets []int
			offsets, err = parseInts(value, 2)
			if err == nil && len(offsets) != 2 {
				err = errors.New("not two offsets")
			}
			if err == nil {
				e.begin, e.end = offsets[0], offsets[1]
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	if err != nil {
		problems.add(at+end, name, "%v", err)
		return e, false
	}
	for _, key := range []string{"dtype", "shape", "data_offsets"} {
		if missing[key] {
			problems.add(at, name, "%s is missing", key)
		}
	}
	return e, len(missing) == 0
}

// members calls visit for each member of the JSON object at the start of text, with the member's value and the place
// of that value in text. It returns the place where it stopped: behind the object, or at the error.
func members(text []byte, visit func(key string, value json.RawMessage, at int) error) (int, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil {
		return 0, syntax(err)
	} else if open != json.Delim('{') {
		return 0, errors.New("not a JSON object")
	}
	seen := map[string]bool{}
	for dec.More() {
		keyEnd := int(dec.InputOffset())
		token, err := dec.Token()
		if err != nil {
			return keyEnd, syntax(err)
		}
		key := token.(string) // the decoder accepts nothing else as a key
		if seen[key] {
			return keyEnd, fmt.Errorf("key %q appears twice", key)
		}
		seen[key] = true
		keyEnd = int(dec.InputOffset())
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return keyEnd, syntax(err)
		}
		at := int(dec.InputOffset()) - len(value)
		if err := visit(key, value, at); err != nil {
			return at, err
		}
	}
	at := int(dec.InputOffset())
	if _, err := dec.Token(); err != nil {
		return at, syntax(err)
	}
	return int(dec.InputOffset()), nil
}

func syntax(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("JSON ends too early")
	}
	return err
}

// parseString and parseInts are strict where json.Unmarshal is not: null is no value.
func parseString(value json.RawMessage) (string, error) {
	if value[0] != '"' {
		return "", errors.New("not a string")
	}
	var s string
	err := json.Unmarshal(value, &s)
	return s, err
}

func parseInts(value json.RawMessage, most int) ([]int, error) {
	var items []json.RawMessage
	if value[0] != '[' {
		return nil, errors.New("not a list of integers")
	}
	if err := json.Unmarshal(value, &items); err != nil {
		return nil, err
	}
	if len(items) > most {
		return nil, fmt.Errorf("more than %d entries", most)
	}
	ints := make([]int, len(items))
	for i, item := range items {
		n, err := strconv.ParseUint(string(item), 10, strconv.IntSize-1)
		if err != nil {
			return nil, fmt.Errorf("entry %d is not an integer from 0 to %d", i, uint(1)<<(strconv.IntSize-1)-1)
		}
		ints[i] = int(n)
	}
	return ints, nil
}
