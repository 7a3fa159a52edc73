package gohost

import (
	"bytes"

	"github.com/dave/jennifer/jen"

	"nncc/runtime/exec"
)

// vectorsFile holds the recorded inputs and outputs of the package's test.
const vectorsFile = "testdata/vectors.bin"

// tests adds the package's own tests, benchmark, fuzz target and example.
func (e *packageEmitter) tests() error {
	var vectors bytes.Buffer
	for _, v := range e.options.Vectors {
		for _, list := range [][][]byte{v.Inputs, v.Outputs} {
			for _, data := range list {
				vectors.Write(data)
			}
		}
	}
	e.files[vectorsFile] = vectors.Bytes()
	f := e.file()
	e.testModel(f)
	model := jen.Id("nnccTestModel").Call()
	test := func(name, kind string) *jen.Statement {
		return f.Func().Id(name).Params(jen.Id("t").Op("*").Qual("testing", kind))
	}
	f.Comment("TestVectors compares every variant with recorded outputs.")
	test("TestVectors", "T").Block(
		jen.List(jen.Id("vectors"), jen.Err()).Op(":=").Qual("os", "ReadFile").Call(jen.Lit(vectorsFile)),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Id("t").Dot("Fatal").Call(jen.Err())),
		model.Clone().Dot("checkVectors").Call(jen.Id("t"), jen.Id("vectors")))
	f.Comment("TestAllocations finds that a computation allocates nothing.")
	test("TestAllocations", "T").Block(model.Clone().Dot("checkAllocations").Call(jen.Id("t")))
	e.testPredict(f)
	if ms := e.options.MaxMilliseconds; ms > 0 {
		f.Comment("TestBudget finds that a prediction takes no longer than the package's maker allowed.")
		test("TestBudget", "T").Block(model.Clone().Dot("checkBudget").Call(jen.Id("t"), jen.Lit(ms)))
	}
	f.Comment("BenchmarkPredict measures a computation on as many threads as the process may use.")
	test("BenchmarkPredict", "B").Block(model.Clone().Dot("bench").Call(jen.Id("t")))
	f.Comment("BenchmarkPredictOneThread measures a computation on one thread.")
	test("BenchmarkPredictOneThread", "B").Block(model.Clone().Dot("bench").Call(jen.Id("t"), jen.Id("WithThreads").Call(jen.Lit(1))))
	f.Comment("FuzzVariants compares all variants with the portable kernels.")
	test("FuzzVariants", "F").Block(model.Clone().Dot("fuzz").Call(jen.Id("t")))
	return e.render("net_test.go", f)
}

// testModel adds what the tests need to know.
func (e *packageEmitter) testModel(f *jen.File) {
	v := e.program.Variants[0]
	list := func(ports []port, memory []exec.Port) *jen.Statement {
		var out []jen.Code
		for i, p := range ports {
			d := fields{}
			d.add("name", jen.Lit(p.Name), true)
			d.add("bytes", jen.Lit(p.Elems()*p.DType.Bytes()), true)
			d.add("kind", jen.Lit(p.goType), true)
			d.add("batched", jen.True(), memory[i].Batched)
			out = append(out, jen.Values(d...))
		}
		return jen.Index().Id("nnccNetTestPort").Values(out...)
	}
	tolerance := e.options.Tolerance
	if tolerance == 0 {
		tolerance = 1e-4
	}
	fields := jen.Dict{
		jen.Id("model"): jen.Id("nnccModel").Call(), jen.Id("inputs"): list(e.inputs, v.Inputs), jen.Id("outputs"): list(e.outputs, v.Outputs), jen.Id("tolerance"): jen.Lit(tolerance),
	}
	further := jen.Dict{}
	for isa, off := range e.options.Tolerances {
		further[jen.Lit(isa)] = jen.Lit(off)
	}
	if len(further) > 0 {
		fields[jen.Id("tolerances")] = jen.Map(jen.String()).Float64().Values(further)
	}
	if e.options.ExternalWeights {
		fields[jen.Id("weightsFile")] = jen.Lit(weightsFile)
	}
	f.Func().Id("nnccTestModel").Params().Op("*").Id("nnccNetTestModel").Block(jen.Return(jen.Op("&").Id("nnccNetTestModel").Values(fields)))
}

// testPredict adds a test of Predict itself, for allocations and errors.
func (e *packageEmitter) testPredict(f *jen.File) {
	alloc := func(kind string, list []port) *jen.Statement {
		buffer := func(i int) *jen.Statement {
			return jen.Make(jen.Index().Id(list[i].goType), jen.Id(kind+portName(list, i)+"Len"))
		}
		if len(list) == 1 {
			return buffer(0)
		}
		d := jen.Dict{}
		for i, p := range list {
			d[jen.Id(p.field)] = buffer(i)
		}
		return jen.Id(kind + "s").Values(d)
	}
	fatal := func(t string) *jen.Statement {
		return jen.If(jen.Err().Op("!=").Nil()).Block(jen.Id(t).Dot("Fatal").Call(jen.Err()))
	}
	call := jen.Id("net").Dot("Predict").Call(jen.Id("dst"), jen.Id("src"))
	open := jen.Id("New").Call()
	if e.options.ExternalWeights {
		open = jen.Id("New").Call(jen.Id("nnccTestModel").Call().Dot("options").Call(jen.Id("t"), jen.Nil()).Op("..."))
	}
	f.Comment("TestPredict calls the network as users do.")
	f.Func().Id("TestPredict").Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(
		jen.List(jen.Id("net"), jen.Err()).Op(":=").Add(open),
		fatal("t"),
		jen.List(jen.Id("dst"), jen.Id("src")).Op(":=").List(alloc("Output", e.outputs), alloc("Input", e.inputs)),
		jen.If(jen.Id("n").Op(":=").Qual("testing", "AllocsPerRun").Call(jen.Lit(10), jen.Func().Params().Block(
			jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(jen.Id("t").Dot("Fatal").Call(jen.Err())))), jen.Id("n").Op(">").Lit(0)).
			Block(jen.Id("t").Dot("Errorf").Call(jen.Lit("Predict allocates %v times"), jen.Id("n"))),
		slice("dst", e.outputs, 0).Op("=").Add(slice("dst", e.outputs, 0)).Index(jen.Lit(1), jen.Empty()),
		jen.If(jen.Err().Op(":=").Add(call), jen.Op("!").Qual("errors", "Is").Call(jen.Err(), jen.Id("ErrLength"))).
			Block(jen.Id("t").Dot("Errorf").Call(jen.Lit("a short slice gives the error %v"), jen.Err())),
		jen.Id("net").Dot("Close").Call(),
		jen.If(jen.Err().Op(":=").Add(call), jen.Op("!").Qual("errors", "Is").Call(jen.Err(), jen.Id("ErrClosed"))).
			Block(jen.Id("t").Dot("Errorf").Call(jen.Lit("a closed network gives the error %v"), jen.Err())))
	e.example(f, call, jen.List(jen.Id("dst"), jen.Id("src")).Op(":=").List(alloc("Output", e.outputs), alloc("Input", e.inputs)))
}

// example adds an example of call on the buffers that alloc makes. Where the weights may be elsewhere it is not run.
func (e *packageEmitter) example(f *jen.File, call, alloc *jen.Statement) {
	check := jen.If(jen.Err().Op("!=").Nil()).Block(jen.Qual("log", "Fatal").Call(jen.Err()))
	var body []jen.Code
	open, output := jen.Id("New").Call(), jen.Comment("Output: "+itoa(e.outputs[0].Elems()))
	if e.options.ExternalWeights {
		body = append(body, jen.List(jen.Id("weights"), jen.Err()).Op(":=").Qual("os", "Open").Call(jen.Lit(weightsFile)), check.Clone())
		open, output = jen.Id("New").Call(jen.Id("WithWeights").Call(jen.Id("weights"))), jen.Null()
	}
	body = append(body,
		jen.List(jen.Id("net"), jen.Err()).Op(":=").Add(open),
		check.Clone(),
		jen.Defer().Id("net").Dot("Close").Call(),
		alloc,
		jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(jen.Qual("log", "Fatal").Call(jen.Err())),
		jen.Qual("fmt", "Println").Call(jen.Len(slice("dst", e.outputs, 0))),
		output)
	f.Func().Id("ExampleNet_Predict").Params().Block(body...)
}
