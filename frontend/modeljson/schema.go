package modeljson

import (
	"encoding/json"
	"maps"
)

// schemaID is the version of the JSON Schema language.
const schemaID = "https://json-schema.org/draft/2020-12/schema"

// object is a JSON object under construction; encoding/json sorts its keys.
type object map[string]any

// Schema is the JSON Schema of model.json, made from the tables that Load checks against.
func Schema() []byte {
	root := objectSchema(modelKeys)
	root["$schema"] = schemaID
	root["title"] = "model.json: a network for nncc"
	properties := root["properties"].(object)
	properties["input"] = with(objectSchema(inputKeys), properties["input"].(object))
	root["$defs"] = object{
		"size": oneOrList(integer(1)), "pad": oneOrList(integer(0)), "axes": oneOrList(object{"type": "integer"}),
		"parameter": object{"type": "string", "pattern": `^\$`, "description": "A parameter of the block, which may stand for any value."},
		"layer":     layerSchema(false), "blockLayer": layerSchema(true),
	}
	setLayers(root, "layer")
	block := objectSchema(blockKeys)
	setLayers(block, "blockLayer")
	properties["blocks"].(object)["additionalProperties"] = block
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // the tables hold nothing that JSON cannot say
	}
	return append(text, '\n')
}

// setLayers says what the layers of a model or a block are.
func setLayers(s object, def string) {
	layers := s["properties"].(object)["layers"].(object)
	layers["items"], layers["minItems"] = ref(def), 1
}

// ref stands for a definition.
func ref(def string) object { return object{"$ref": "#/$defs/" + def} }

func integer(atLeast int) object { return object{"type": "integer", "minimum": atLeast} }

func listOf(items object) object { return object{"type": "array", "items": items} }

func oneOrList(items object) object {
	return object{"anyOf": []object{items, with(listOf(items), object{"minItems": 1})}}
}

// layerSchema is a layer of the model, or of a block.
func layerSchema(inBlock bool) object {
	var kinds []object
	for _, k := range layerKinds {
		kinds = append(kinds, k.schema())
	}
	use := objectSchema(useKeys)
	use["additionalProperties"] = formSchema(valueForm)
	kinds = append(kinds, use)
	if !inBlock {
		return object{"anyOf": kinds}
	}
	for _, k := range kinds {
		properties := k["properties"].(object)
		for name, s := range properties {
			if name != "name" && name != "inputs" && name != "type" {
				properties[name] = object{"anyOf": []object{s.(object), ref("parameter")}}
			}
		}
	}
	anyType := object{"type": "object", "properties": object{"type": ref("parameter")}, "required": []string{"type"}}
	return object{"anyOf": append(kinds, anyType)}
}

func (k *layerKind) schema() object {
	keys := append(commonKeys[1:len(commonKeys):len(commonKeys)], k.keys...)
	s := objectSchema(keys)
	s["properties"].(object)["type"] = object{"const": k.name, "description": k.doc}
	required, _ := s["required"].([]string)
	required = append([]string{"type"}, required...)
	inputs := s["properties"].(object)["inputs"].(object)
	inputs["minItems"] = k.minInputs
	if k.maxInputs > 0 {
		inputs["maxItems"] = k.maxInputs
	}
	if k.minInputs > 1 {
		required = append(required, "inputs")
	}
	s["required"] = required
	return s
}

func objectSchema(keys []key) object {
	properties := object{}
	var required []string
	for _, k := range keys {
		properties[k.name] = k.schema()
		if k.required {
			required = append(required, k.name)
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

func (k *key) schema() object {
	s := with(formSchema(k.form), object{"description": k.doc})
	if k.oneOf != nil {
		s["enum"] = k.oneOf
	}
	return s
}

func formSchema(f form) object {
	switch f {
	case textForm:
		return object{"type": "string"}
	case boolForm:
		return object{"type": "boolean"}
	case numberForm:
		return object{"type": "number"}
	case intForm:
		return object{"type": "integer"}
	case countForm:
		return integer(1)
	case seedForm:
		return integer(0)
	case intsForm:
		return listOf(object{"type": "integer"})
	case countsForm:
		return listOf(integer(1))
	case intOrIntsForm:
		return ref("axes")
	case sizeForm:
		return ref("size")
	case padForm:
		return ref("pad")
	case numbersForm:
		return listOf(object{"type": "number"})
	case textsForm:
		return listOf(object{"type": "string"})
	case objectForm:
		return object{"type": "object"}
	case valueForm:
		return object{"type": []string{"number", "string", "boolean", "array"}}
	case valuesForm:
		return object{"type": "object", "additionalProperties": formSchema(valueForm)}
	case outputsForm:
		names := object{"type": "string"}
		return object{"anyOf": []object{listOf(names), {"type": "object", "additionalProperties": names}}}
	default:
		return object{"type": "array"}
	}
}

// with adds the members of more to a.
func with(a, more object) object {
	maps.Copy(a, more)
	return a
}
