package gohost

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// Training is what a Trainer is made of: programs that have the constants of the network's.
type Training struct {
	// Step takes images f32, labels i64 and learning_rate f32, and maybe seed i64; it returns the loss and how many labels were
	// right. Parameters are states.
	Step *program.Program
	// Inference is the network for a batch of images, with the parameters as states of the same names.
	Inference    *program.Program
	Classes      int
	LearningRate float64   // at first
	Losses       []float64 // recorded ones of the first steps, for the package's own test
}

// batch is the number of samples in a step.
func (t *Training) batch() int { return t.images().Shape[0] }

func (t *Training) images() program.Port {
	return t.Step.Signature.Inputs[t.input("images")]
}

// input is the number of the step's input of that name, -1 if there is none.
func (t *Training) input(name string) int {
	return slices.IndexFunc(t.Step.Signature.Inputs, func(p program.Port) bool { return p.Name == name })
}

// checkTraining finds what a Trainer cannot do.
func (e *packageEmitter) checkTraining() error {
	t := e.options.Training
	if len(e.inputs) != 1 || len(e.outputs) != 1 {
		return errors.New("a Trainer needs one input and one output")
	}
	for _, name := range []string{"images", "labels", "learning_rate"} {
		if t.input(name) < 0 {
			return fmt.Errorf("a step of training without the input %s", name)
		}
	}
	if t.images().DType != tensor.F32 || e.outputs[0].DType != tensor.F32 {
		return fmt.Errorf("a Trainer takes and returns numbers of float32, the network takes %v and returns %v", t.images().DType, e.outputs[0].DType)
	}
	for _, s := range t.Step.Signature.States {
		if s.DType != tensor.F32 {
			return fmt.Errorf("a Trainer has parameters of float32, %s is %v", s.Name, s.DType)
		}
	}
	if have, want := t.Inference.Signature.Outputs[0].Elems(), t.batch()*e.outputs[0].Elems(); have != want {
		return fmt.Errorf("the network has %d results for a batch of %d samples, not %d", have, t.batch(), want)
	}
	return nil
}

// training adds NewTrainer, and what differs between the trainers of networks.
func (e *packageEmitter) training() error {
	t := e.options.Training
	if t == nil {
		return nil
	}
	if err := e.checkTraining(); err != nil {
		return err
	}
	f := e.file()
	f.Comment("TrainBatch is the number of samples in a step of training.")
	f.Const().Id("TrainBatch").Op("=").Lit(t.batch())
	f.Comment("nnccTrainModel returns the compiled training.")
	f.Func().Id("nnccTrainModel").Params().Op("*").Id("nnccNetTrainModel").Block(jen.Return(jen.Op("&").Id("nnccNetTrainModel").Values(jen.Dict{
		jen.Id("net"): jen.Id("nnccModel").Call(), jen.Id("step"): jen.Id("nnccStepVariants"), jen.Id("network"): jen.Id("nnccInferenceVariants"),
		jen.Id("states"): t.states(), jen.Id("batch"): jen.Id("TrainBatch"), jen.Id("classes"): jen.Lit(t.Classes), jen.Id("rate"): jen.Lit(t.LearningRate),
		jen.Id("imageLen"): jen.Id("InputLen"), jen.Id("outputLen"): jen.Id("OutputLen"),
		jen.Id("images"): jen.Lit(t.input("images")), jen.Id("labels"): jen.Lit(t.input("labels")),
		jen.Id("rateIn"): jen.Lit(t.input("learning_rate")), jen.Id("seedIn"): jen.Lit(t.input("seed")),
	})))
	f.Comment("NewTrainer begins with the parameters of the network, or those of WithWeights, and the best code that this processor can run; the")
	f.Comment("environment variable NNCC_ISA chooses other code, such as portable. The caller closes it.")
	f.Func().Id("NewTrainer").Params(jen.Id("opts").Op("...").Id("Option")).Params(jen.Op("*").Id("Trainer"), jen.Error()).Block(
		jen.Return(jen.Id("nnccTrainModel").Call().Dot("open").Call(jen.Id("opts"))))
	if err := e.render("train.go", f); err != nil {
		return err
	}
	return e.trainingTests()
}

// states lists what a step changes.
func (t *Training) states() *jen.Statement {
	var list []jen.Code
	for i, s := range t.Step.Signature.States {
		var shape []jen.Code
		for _, d := range s.Shape {
			shape = append(shape, jen.Lit(d))
		}
		network := slices.IndexFunc(t.Inference.Signature.States, func(p program.Port) bool { return p.Name == s.Name })
		list = append(list, jen.Values(jen.Lit(s.Name), jen.Index().Int().Values(shape...), jen.Lit(i), jen.Lit(network)))
	}
	return jen.Index().Id("nnccNetTrainState").Values(lines(list)...)
}

// trainingTests adds the tests, the benchmark and the example of the Trainer.
func (e *packageEmitter) trainingTests() error {
	f := e.file()
	call := func(method, t string, more ...jen.Code) *jen.Statement {
		args := append([]jen.Code{jen.Id(t), jen.Id("nnccTrainModel").Call()}, more...)
		return jen.Id("nnccTestModel").Call().Dot(method).Call(args...)
	}
	test := func(name, kind string) *jen.Statement {
		return f.Func().Id(name).Params(jen.Id("t").Op("*").Qual("testing", kind))
	}
	var losses []jen.Code
	for _, l := range e.options.Training.Losses {
		losses = append(losses, jen.Lit(l))
	}
	f.Comment("TestLosses compares the first steps of every variant with recorded ones.")
	test("TestLosses", "T").Block(call("checkLosses", "t", jen.Index().Float64().Values(losses...)))
	f.Comment("TestTrainer trains, saves, and goes on from the file.")
	test("TestTrainer", "T").Block(call("checkTrainer", "t"))
	f.Comment("BenchmarkStep measures a step of training on as many threads as the process may use.")
	test("BenchmarkStep", "B").Block(call("benchTrainer", "t"))
	e.trainingExample(f)
	return e.render("train_test.go", f)
}

// trainingExample adds an example of a step. Where the weights may be elsewhere it is not run.
func (e *packageEmitter) trainingExample(f *jen.File) {
	check := jen.If(jen.Err().Op("!=").Nil()).Block(jen.Qual("log", "Fatal").Call(jen.Err()))
	var body []jen.Code
	open, output := jen.Id("NewTrainer").Call(), jen.Comment("Output: true")
	if e.options.ExternalWeights {
		body = append(body, jen.List(jen.Id("weights"), jen.Err()).Op(":=").Qual("os", "Open").Call(jen.Lit(weightsFile)), check.Clone())
		open, output = jen.Id("NewTrainer").Call(jen.Id("WithWeights").Call(jen.Id("weights"))), jen.Null()
	}
	body = append(body,
		jen.List(jen.Id("trainer"), jen.Err()).Op(":=").Add(open),
		check.Clone(),
		jen.Defer().Id("trainer").Dot("Close").Call(),
		jen.List(jen.Id("images"), jen.Id("labels")).Op(":=").List(
			jen.Make(jen.Index().Float32(), jen.Id("TrainBatch").Op("*").Id("InputLen")), jen.Make(jen.Index().Int64(), jen.Id("TrainBatch"))),
		jen.Id("trainer").Dot("SetLearningRate").Call(jen.Lit(e.options.Training.LearningRate)),
		jen.List(jen.Id("loss"), jen.Id("_"), jen.Err()).Op(":=").Id("trainer").Dot("Step").Call(jen.Id("images"), jen.Id("labels")),
		check.Clone(),
		jen.Qual("fmt", "Println").Call(jen.Id("loss").Op(">").Lit(0)),
		output)
	f.Func().Id("ExampleTrainer_Step").Params().Block(body...)
}
