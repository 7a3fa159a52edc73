// Package tensorboard writes event files, which TensorBoard shows: records of TensorFlow's TFRecord format with messages
// of its event.proto.
package tensorboard

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Scalar is a point of a curve.
type Scalar struct {
	Tag   string // the curve's name; what stands before a slash groups it with others
	Value float64
}

// Writer writes events. An event is in the file when the call returns, unless w keeps it back.
type Writer struct {
	w   io.Writer
	now func() time.Time
}

// Fields of the messages Event, Summary, Summary.Value and SessionLog.
const (
	eventWallTime    protowire.Number = 1
	eventStep        protowire.Number = 2
	eventFileVersion protowire.Number = 3
	eventSummary     protowire.Number = 5
	eventSessionLog  protowire.Number = 7
	summaryValue     protowire.Number = 1
	valueTag         protowire.Number = 1
	valueSimple      protowire.Number = 2
	sessionStatus    protowire.Number = 1

	sessionStart = 1
)

const fileVersion = "brain.Event:2"

// NewWriter starts a file. firstStep is where the run begins or goes on: TensorBoard drops what earlier files say about
// later steps.
func NewWriter(w io.Writer, firstStep int, now func() time.Time) (*Writer, error) {
	out := &Writer{w, now}
	if err := out.event(0, protowire.AppendString(protowire.AppendTag(nil, eventFileVersion, protowire.BytesType), fileVersion)); err != nil {
		return nil, err
	}
	status := protowire.AppendVarint(protowire.AppendTag(nil, sessionStatus, protowire.VarintType), sessionStart)
	return out, out.event(firstStep, message(nil, eventSessionLog, status))
}

// Scalars adds a point to each of some curves.
func (w *Writer) Scalars(step int, scalars ...Scalar) error {
	var summary []byte
	for _, s := range scalars {
		value := protowire.AppendString(protowire.AppendTag(nil, valueTag, protowire.BytesType), s.Tag)
		value = protowire.AppendTag(value, valueSimple, protowire.Fixed32Type)
		value = protowire.AppendFixed32(value, math.Float32bits(float32(s.Value)))
		summary = message(summary, summaryValue, value)
	}
	return w.event(step, message(nil, eventSummary, summary))
}

// message appends a field that holds a message.
func message(to []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, field, protowire.BytesType), content)
}

// event writes an event with one more field.
func (w *Writer) event(step int, field []byte) error {
	seconds := float64(w.now().UnixMicro()) / 1e6
	e := protowire.AppendFixed64(protowire.AppendTag(nil, eventWallTime, protowire.Fixed64Type), math.Float64bits(seconds))
	e = protowire.AppendVarint(protowire.AppendTag(e, eventStep, protowire.VarintType), uint64(step))
	_, err := w.w.Write(record(append(e, field...)))
	return err
}

// record frames data: its length, and checksums of the length and of the data.
func record(data []byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	out = binary.LittleEndian.AppendUint32(out, checksum(out))
	out = append(out, data...)
	return binary.LittleEndian.AppendUint32(out, checksum(data))
}

// checksum is CRC-32C, rotated and moved as the format wants it.
func checksum(data []byte) uint32 {
	const offset = 0xa282ead8
	c := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
	return (c>>15 | c<<17) + offset
}
