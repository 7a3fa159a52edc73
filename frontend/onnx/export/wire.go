package export

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers of onnx.proto.
const (
	modelIRVersion, modelProducer, modelGraph, modelOpset, modelMetadata protowire.Number = 1, 2, 7, 8, 14

	opsetIDVersion                                                    protowire.Number = 2
	entryKey, entryValue                                              protowire.Number = 1, 2
	graphNode, graphName, graphInitializer, graphInput, graphOutput   protowire.Number = 1, 2, 5, 11, 12
	nodeInput, nodeOutput, nodeName, nodeOp, nodeAttribute            protowire.Number = 1, 2, 3, 4, 5
	attributeName, attributeFloat, attributeInt, attributeString      protowire.Number = 1, 2, 3, 4
	attributeInts, attributeType                                      protowire.Number = 8, 20
	tensorDims, tensorType, tensorName, tensorRaw                     protowire.Number = 1, 2, 8, 9
	valueName, valueType, typeTensor, tensorTypeElem, tensorTypeShape protowire.Number = 1, 2, 1, 1, 2
	shapeDim, dimValue, dimParam                                      protowire.Number = 1, 1, 2
)

// AttributeProto.AttributeType.
const (
	typeFloat, typeInt, typeString, typeInts = 1, 2, 3, 7
)

func appendInt(to []byte, field protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(to, field, protowire.VarintType), uint64(int64(v)))
}

func appendBytes(to []byte, field protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, field, protowire.BytesType), v)
}

func appendText(to []byte, field protowire.Number, v string) []byte {
	return appendBytes(to, field, []byte(v))
}

// appendMessage appends a field that is a message.
func appendMessage(to []byte, field protowire.Number, v []byte) []byte {
	return appendBytes(to, field, v)
}

// attribute appends an attribute of a node.
func attribute(to []byte, name string, value any) []byte {
	a := appendText(nil, attributeName, name)
	switch v := value.(type) {
	case int:
		a = appendInt(appendInt(a, attributeInt, v), attributeType, typeInt)
	case float64:
		a = protowire.AppendFixed32(protowire.AppendTag(a, attributeFloat, protowire.Fixed32Type), math.Float32bits(float32(v)))
		a = appendInt(a, attributeType, typeFloat)
	case string:
		a = appendInt(appendText(a, attributeString, v), attributeType, typeString)
	case []int:
		for _, i := range v {
			a = appendInt(a, attributeInts, i)
		}
		a = appendInt(a, attributeType, typeInts)
	}
	return appendMessage(to, nodeAttribute, a)
}
