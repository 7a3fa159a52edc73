package gohost

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
)

// api adds what a user of the package sees and what differs between networks: sizes, New and Predict.
func (e *packageEmitter) api() error {
	f := e.file()
	e.packageComment(f)
	e.sizes(f)
	e.model(f)
	e.predict(f)
	e.labels(f)
	e.picture(f)
	return e.render("net.go", f)
}

// packageComment says what the package is. Text of the model becomes comment lines and nothing else.
func (e *packageEmitter) packageComment(f *jen.File) {
	p := e.program
	f.PackageComment(fmt.Sprintf("// Package %s computes the network %s without anything but the standard library.\n//", e.options.Package, oneLine(p.Name)))
	what := func(verb string, list []port) {
		for _, x := range list {
			f.PackageComment(fmt.Sprintf("// It %s %s: %s %v.", verb, oneLine(x.Name), x.goType, x.Shape))
		}
	}
	what("takes", e.inputs)
	what("returns", e.outputs)
	if p.Signature.Batched {
		f.PackageComment("// Up to the number of samples given to WithMaxBatch can be computed at once, one behind the other in memory.")
	}
	if p.License != "" {
		f.PackageComment("//\n// License of the model: " + oneLine(p.License))
	}
	if p.Provenance != "" {
		f.PackageComment("//\n// Where the model comes from: " + oneLine(p.Provenance))
	}
}

// oneLine keeps text of a model within its comment line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == '\u2028' || r == '\u2029' || r == '\uFEFF' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// portName is the part of a constant's name that tells ports apart: nothing where there is one.
func portName(list []port, i int) string {
	if len(list) == 1 {
		return ""
	}
	return list[i].field
}

// sizes adds the lengths as constants and the shapes as functions.
func (e *packageEmitter) sizes(f *jen.File) {
	add := func(kind string, list []port) {
		for i, p := range list {
			length := kind + portName(list, i) + "Len"
			f.Commentf("%s is the number of elements of %s, in one sample.", length, oneLine(p.Name))
			f.Const().Id(length).Op("=").Lit(p.Elems())
			shape := kind + portName(list, i) + "Shape"
			var dims []jen.Code
			for _, d := range p.Shape {
				dims = append(dims, jen.Lit(d))
			}
			f.Commentf("%s returns the dimensions of %s, slowest first.", shape, oneLine(p.Name))
			f.Func().Id(shape).Params().Index(jen.Lit(len(dims))).Int().Block(jen.Return(jen.Index(jen.Lit(len(dims))).Int().Values(dims...)))
		}
	}
	add("Input", e.inputs)
	add("Output", e.outputs)
}

// model adds New, and what it opens.
func (e *packageEmitter) model(f *jen.File) {
	weights := jen.Lit("")
	if !e.options.ExternalWeights {
		f.Anon("embed")
		f.Comment("nnccWeights is the weights file. It is used in place: pages that nothing reads are never loaded.")
		f.Comment("//")
		f.Comment("//go:embed " + weightsFile)
		f.Var().Id("nnccWeights").String()
		weights = jen.Id("nnccWeights")
	}
	var sizes []jen.Code
	for _, c := range e.program.Constants {
		sizes = append(sizes, jen.Lit(len(c.Data)))
	}
	f.Comment("nnccConstBytes returns the sizes of the constants in the weights file.")
	f.Func().Id("nnccConstBytes").Params().Index().Int().Block(jen.Return(jen.Index().Int().Values(sizes...)))
	f.Comment("nnccModel returns the compiled network.")
	f.Func().Id("nnccModel").Params().Op("*").Id("nnccNetModel").Block(jen.Return(jen.Op("&").Id("nnccNetModel").Values(jen.Dict{
		jen.Id("variants"): jen.Id("nnccVariants"), jen.Id("weights"): weights, jen.Id("constBytes"): jen.Id("nnccConstBytes").Call(),
		jen.Id("layout"): jen.Lit(hex.EncodeToString(e.layout[:])), jen.Id("batched"): jen.Lit(e.program.Signature.Batched),
		jen.Id("maxBatch"): jen.Lit(max(e.options.MaxBatch, 1)),
	})))
	f.Comment("New opens the network with the best code that this processor can run; the environment variable NNCC_ISA")
	f.Comment("chooses other code, such as portable. The caller closes it.")
	f.Func().Id("New").Params(jen.Id("opts").Op("...").Id("Option")).Params(jen.Op("*").Id("Net"), jen.Error()).Block(
		jen.Return(jen.Id("nnccModel").Call().Dot("open").Call(jen.Id("opts"))))
}

// predict adds Predict and PredictContext: of slices, or of structs of slices where there are several ports.
func (e *packageEmitter) predict(f *jen.File) {
	e.portStruct(f, "Inputs", e.inputs)
	e.portStruct(f, "Outputs", e.outputs)
	params := []jen.Code{jen.Id("dst").Add(portsType("Outputs", e.outputs)), jen.Id("src").Add(portsType("Inputs", e.inputs))}
	if len(e.inputs) == 1 && len(e.outputs) == 1 && e.inputs[0].goType == e.outputs[0].goType {
		params = []jen.Code{jen.List(jen.Id("dst"), jen.Id("src")).Add(portsType("Inputs", e.inputs))}
	}
	receiver := jen.Id("n").Op("*").Id("Net")
	f.Comment("Predict computes dst from src, one sample or several, one behind the other. It allocates nothing.")
	f.Comment("A slice of the wrong length is an error that wraps ErrLength.")
	f.Func().Params(receiver).Id("Predict").Params(params...).Error().Block(
		jen.Return(jen.Id("n").Dot("PredictContext").Call(jen.Qual("context", "Background").Call(), jen.Id("dst"), jen.Id("src"))))
	f.Comment("PredictContext is Predict that gives up when ctx ends while another goroutine uses the network.")
	f.Comment("A computation that has begun is finished.")
	f.Func().Params(receiver).Id("PredictContext").Params(append([]jen.Code{jen.Id("ctx").Qual("context", "Context")}, params...)...).Error().
		Block(e.predictBody()...)
}

// portStruct adds the struct of several ports.
func (e *packageEmitter) portStruct(f *jen.File, name string, list []port) {
	if len(list) == 1 {
		return
	}
	var fields []jen.Code
	for i, p := range list {
		fields = append(fields, jen.Id(p.field).Index().Id(p.goType).Commentf("%s, %s%sLen for each sample", oneLine(p.Name), strings.TrimSuffix(name, "s"), portName(list, i)))
	}
	f.Commentf("%s are the %s of a prediction.", name, strings.ToLower(name))
	f.Type().Id(name).Struct(fields...)
}

func portsType(name string, list []port) *jen.Statement {
	if len(list) == 1 {
		return jen.Index().Id(list[0].goType)
	}
	return jen.Id(name)
}

// slice is the argument that holds port i.
func slice(arg string, list []port, i int) *jen.Statement {
	if len(list) == 1 {
		return jen.Id(arg)
	}
	return jen.Id(arg).Dot(list[i].field)
}

func (e *packageEmitter) predictBody() []jen.Code {
	v := e.program.Variants[0]
	failed := jen.Err().Op("!=").Nil()
	body := []jen.Code{
		jen.If(jen.Err().Op(":=").Id("n").Dot("begin").Call(jen.Id("ctx")), failed.Clone()).Block(jen.Return(jen.Err())),
		jen.Defer().Id("n").Dot("end").Call(),
	}
	first := 0 // the input that tells how many samples there are
	for first < len(v.Inputs)-1 && !v.Inputs[first].Batched {
		first++
	}
	length := func(kind string, list []port, i int, batched bool) *jen.Statement {
		c := jen.Id(kind + portName(list, i) + "Len")
		if batched {
			return jen.Id("batch").Op("*").Add(c)
		}
		return c
	}
	body = append(body,
		jen.List(jen.Id("batch"), jen.Err()).Op(":=").Id("n").Dot("batchOf").Call(
			jen.Lit(e.inputs[first].Name), jen.Len(slice("src", e.inputs, first)), jen.Id("Input"+portName(e.inputs, first)+"Len")),
		jen.If(failed.Clone()).Block(jen.Return(jen.Err())))
	check := func(name string, x, want *jen.Statement) {
		body = append(body, jen.If(jen.Err().Op(":=").Id("nnccNetCheckLength").Call(jen.Lit(name), jen.Len(x), want), failed.Clone()).Block(jen.Return(jen.Err())))
	}
	for i, p := range e.inputs {
		if i != first {
			check(p.Name, slice("src", e.inputs, i), length("Input", e.inputs, i, v.Inputs[i].Batched))
		}
	}
	for i, p := range e.outputs {
		check(p.Name, slice("dst", e.outputs, i), length("Output", e.outputs, i, v.Outputs[i].Batched))
	}
	numbers := func(p port, port string, i int) *jen.Statement {
		return jen.Id("nnccNetNumbers").Types(jen.Id(p.goType)).Call(jen.Id("n").Dot("in").Dot(port).Call(jen.Lit(i)))
	}
	for i, p := range e.inputs {
		body = append(body, jen.Copy(numbers(p, "Input", i), slice("src", e.inputs, i)))
	}
	body = append(body, jen.If(jen.Err().Op(":=").Id("n").Dot("in").Dot("Run").Call(jen.Id("batch")), failed.Clone()).Block(jen.Return(jen.Err())))
	for i, p := range e.outputs {
		body = append(body, jen.Copy(slice("dst", e.outputs, i), numbers(p, "Output", i)))
	}
	return append(body, jen.Return(jen.Nil()))
}

// labels adds the names of the classes.
func (e *packageEmitter) labels(f *jen.File) {
	if !e.hasScores() {
		return
	}
	var list []jen.Code
	for _, c := range e.program.Signature.Classes {
		list = append(list, jen.Lit(c))
	}
	f.Comment("Classes returns the labels of the classes, in the order of their scores.")
	f.Func().Id("Classes").Params().Index().String().Block(jen.Return(jen.Index().String().Values(lines(list)...)))
}

// picture adds FromRGB.
func (e *packageEmitter) picture(f *jen.File) {
	if !e.hasPicture() {
		return
	}
	pre := e.program.Signature.Preprocess
	three := func(v []float64, fallback float64) *jen.Statement {
		var list []jen.Code
		for c := range 3 {
			x := fallback
			if len(v) == 3 {
				x = v[c]
			}
			list = append(list, jen.Lit(x))
		}
		return jen.Index(jen.Lit(3)).Float64().Values(list...)
	}
	f.Commentf("FromRGB fills dst, an input of InputLen numbers, from a picture of %d rows of %d pixels: pix has the bytes red, green", e.inputs[0].Shape[2], e.inputs[0].Shape[3])
	f.Comment("and blue of each. Numbers are normalised as the model asks for.")
	f.Func().Id("FromRGB").Params(jen.Id("dst").Index().Float32(), jen.Id("pix").Index().Byte()).Error().Block(
		jen.If(jen.Err().Op(":=").Id("nnccNetCheckLength").Call(jen.Lit(e.inputs[0].Name), jen.Len(jen.Id("dst")), jen.Id("Input"+portName(e.inputs, 0)+"Len")), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
		jen.Return(jen.Id("nnccNetFromRGB").Call(jen.Id("dst"), jen.Id("pix"), jen.Lit(pre.Scale), three(pre.Mean, 0), three(pre.Std, 1), jen.Lit(pre.Order == "bgr"))))
}
