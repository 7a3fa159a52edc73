package data

import (
	"fmt"
	"strconv"
	"strings"
)

// npyHeader is the description of an array in a .npy file.
type npyHeader struct {
	descr   string // byte order and type code, such as "<f4"
	fortran bool
	shape   []int
}

// parseNPYHeader reads the header, a Python dictionary literal with exactly the keys descr (a string), fortran_order
// (a bool) and shape (a tuple of integers), in any order.
func parseNPYHeader(text string) (npyHeader, error) {
	var h npyHeader
	p := &literal{text: text}
	if err := p.expect('{'); err != nil {
		return h, err
	}
	missing := map[string]bool{"descr": true, "fortran_order": true, "shape": true}
	for !p.accept('}') {
		at := p.at
		key, err := p.str()
		if err != nil {
			return h, err
		}
		if !missing[key] {
			return h, p.fail(at, "key %q is not known or appears twice", key)
		}
		delete(missing, key)
		if err := p.expect(':'); err != nil {
			return h, err
		}
		switch key {
		case "descr":
			h.descr, err = p.str()
		case "fortran_order":
			h.fortran, err = p.boolean()
		case "shape":
			h.shape, err = p.ints()
		}
		if err != nil {
			return h, err
		}
		if !p.accept(',') {
			if err := p.expect('}'); err != nil {
				return h, err
			}
			break
		}
	}
	if rest := p.next(); rest != 0 {
		return h, p.fail(p.at, "text behind the closing brace")
	}
	if len(missing) > 0 {
		return h, fmt.Errorf("descr, fortran_order or shape is missing")
	}
	return h, nil
}

// literal reads Python literals from a text.
type literal struct {
	text string
	at   int
}

func (p *literal) fail(at int, format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", at, fmt.Sprintf(format, args...))
}

// next skips white space and returns the byte there, 0 at the end.
func (p *literal) next() byte {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *literal) accept(c byte) bool {
	if p.next() != c {
		return false
	}
	p.at++
	return true
}

func (p *literal) expect(c byte) error {
	if !p.accept(c) {
		return p.fail(p.at, "expected %q", c)
	}
	return nil
}

// str reads a quoted string; NumPy's have no escapes.
func (p *literal) str() (string, error) {
	quote := p.next()
	if quote != '\'' && quote != '"' {
		return "", p.fail(p.at, "expected a string (arrays of records are not supported)")
	}
	s, _, found := strings.Cut(p.text[p.at+1:], string(quote))
	if !found || strings.Contains(s, `\`) {
		return "", p.fail(p.at, "bad string")
	}
	p.at += len(s) + 2
	return s, nil
}

func (p *literal) boolean() (bool, error) {
	p.next()
	for _, b := range []struct {
		word  string
		value bool
	}{{"False", false}, {"True", true}} {
		if strings.HasPrefix(p.text[p.at:], b.word) {
			p.at += len(b.word)
			return b.value, nil
		}
	}
	return false, p.fail(p.at, "expected True or False")
}

// ints reads a tuple of integers.
func (p *literal) ints() ([]int, error) {
	if err := p.expect('('); err != nil {
		return nil, err
	}
	ints := []int{}
	for !p.accept(')') {
		p.next()
		digits := len(p.text[p.at:]) - len(strings.TrimLeft(p.text[p.at:], "0123456789"))
		n, err := strconv.Atoi(p.text[p.at : p.at+digits])
		if err != nil {
			return nil, p.fail(p.at, "expected a dimension")
		}
		if len(ints) == maxNPYRank {
			return nil, p.fail(p.at, "more than %d dimensions", maxNPYRank)
		}
		ints = append(ints, n)
		p.at += digits
		if !p.accept(',') {
			if err := p.expect(')'); err != nil {
				return nil, err
			}
			break
		}
	}
	return ints, nil
}
