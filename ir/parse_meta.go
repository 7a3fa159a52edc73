package ir

// meta reads license, provenance, classes or preprocess after its word; false if the word is none of them.
func (p *parser) meta(word string, m *Meta) bool {
	switch word {
	case "license":
		m.License = p.take(textToken, "a text in quotes").text
	case "provenance":
		m.Provenance = p.take(textToken, "a text in quotes").text
	case "classes":
		m.Classes = nil
		p.list("[", "]", func() { m.Classes = append(m.Classes, p.take(textToken, "a name in quotes").text) })
	case "preprocess":
		m.Preprocess = p.preprocess()
	default:
		return false
	}
	return true
}

func (p *parser) preprocess() *Preprocess {
	m := &Preprocess{Scale: 1}
	p.list("{", "}", func() {
		key := p.take(wordToken, "scale, mean, std or order")
		p.expect("=")
		switch key.text {
		case "scale":
			m.Scale = p.float()
		case "mean":
			m.Mean = p.floats()
		case "std":
			m.Std = p.floats()
		case "order":
			m.Order = p.take(textToken, `"rgb" or "bgr"`).text
			if !p.failed && m.Order != "rgb" && m.Order != "bgr" {
				p.failAt(key.pos, `order is %q, must be "rgb" or "bgr"`, m.Order)
			}
		default:
			p.failAt(key.pos, "unknown key %q", key.text)
		}
	})
	return m
}
