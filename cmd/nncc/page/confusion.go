package page

import "fmt"

// Confusion shows how often each right class, in rows, was taken for each class, in columns: the darker, the larger the
// share of the row.
func Confusion(classes []string, counts [][]int) Node {
	head := El("tr", TextEl("th", ""))
	for i := range counts {
		head = head.Append(TextEl("th", fmt.Sprint(i)).With("scope", "col").With("title", name(classes, i)))
	}
	body := El("tbody")
	for i, row := range counts {
		total := 0
		for _, n := range row {
			total += n
		}
		tr := El("tr", TextEl("th", name(classes, i)).With("scope", "row").Class("left"))
		for k, n := range row {
			td := TextEl("td", fmt.Sprint(n)).With("title", fmt.Sprintf("%s taken for %s: %d of %d", name(classes, i), name(classes, k), n, total))
			td = td.Class(shade(i == k, n, total))
			tr = tr.Append(td)
		}
		body = body.Append(tr)
	}
	return El("div", El("table", El("thead", head), body).Class("confusion")).Class("scroll")
}

// shade is the class of a field: right or wrong, in one of a few steps. The policy of the pages lets no field have a style of its own.
func shade(right bool, n, total int) string {
	if n == 0 {
		return "none"
	}
	const steps = 5
	step := 1 + min(n*steps/max(total, 1), steps-1)
	if right {
		return fmt.Sprintf("right s%d", step)
	}
	return fmt.Sprintf("wrong s%d", step)
}

func name(classes []string, i int) string {
	number := fmt.Sprint(i)
	if i < len(classes) && classes[i] != number {
		return number + " " + classes[i]
	}
	return number
}
