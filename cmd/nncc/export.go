package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"nncc/frontend/onnx/export"
)

type exportOptions struct {
	model   modelOptions
	weights string
	out     string
}

func exportCommand() *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export MODEL -o FILE.onnx",
		Short: "Write a model as an ONNX file",
		Long: `Export writes a model, with its weights or with those that train has made, as an ONNX file
for other tools. Samples of a batch that the model keeps apart stay so: the file is open
to batches of any size. Parameters keep their names.`,
		Example: `  nncc export lenet.json --weights lenet-training/weights.safetensors -o lenet.onnx
  nncc export net.nnir -o net.onnx`,
		Args: oneModel,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(args[0], cmd.OutOrStdout())
		},
	}
	o.model.register(cmd)
	f := cmd.Flags()
	f.StringVar(&o.weights, "weights", "", "take the weights from `FILE`, in safetensors format, instead of the model's")
	f.StringVarP(&o.out, "output", "o", "", "the `FILE` to write")
	return cmd
}

func (o exportOptions) run(path string, stdout io.Writer) error {
	if o.out == "" {
		return usagef("--output is missing")
	}
	s, err := loadSession(path, o.model)
	if err != nil {
		return err
	}
	if o.weights != "" {
		if err := replaceWeights(s.loaded, o.weights); err != nil {
			return err
		}
	}
	if err := writeFile(o.out, func(w io.Writer) error { return export.Write(w, s.loaded) }); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %s, %s\n", o.out, plural(len(s.loaded.Nodes), "node"), plural(len(s.loaded.Constants()), "constant"))
	return nil
}
