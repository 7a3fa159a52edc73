package tensorboard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// readRecords takes a file apart and checks the frames.
func readRecords(t *testing.T, file []byte) (records [][]byte) {
	for len(file) > 0 {
		n := int(binary.LittleEndian.Uint64(file))
		require.Equal(t, checksum(file[:8]), binary.LittleEndian.Uint32(file[8:]))
		data := file[12 : 12+n]
		require.Equal(t, checksum(data), binary.LittleEndian.Uint32(file[12+n:]))
		records, file = append(records, data), file[16+n:]
	}
	return records
}

// fields reads a message: the last value of each field, numbers as they lie there.
func fields(t *testing.T, message []byte) map[protowire.Number]any {
	out := map[protowire.Number]any{}
	for len(message) > 0 {
		field, wire, n := protowire.ConsumeTag(message)
		require.Positive(t, n)
		message = message[n:]
		switch wire {
		case protowire.VarintType:
			out[field], n = protowire.ConsumeVarint(message)
		case protowire.Fixed32Type:
			out[field], n = protowire.ConsumeFixed32(message)
		case protowire.Fixed64Type:
			out[field], n = protowire.ConsumeFixed64(message)
		case protowire.BytesType:
			out[field], n = protowire.ConsumeBytes(message)
		}
		require.Positive(t, n)
		message = message[n:]
	}
	return out
}

func TestEvents(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, 40, func() time.Time { return time.Unix(1700000000, 500_000_000) })
	require.NoError(t, err)
	require.NoError(t, w.Scalars(42, Scalar{"train/loss", 0.25}))
	records := readRecords(t, file.Bytes())
	require.Len(t, records, 3)

	version := fields(t, records[0])
	require.Equal(t, math.Float64bits(1700000000.5), version[eventWallTime])
	require.Equal(t, []byte("brain.Event:2"), version[eventFileVersion])

	start := fields(t, records[1])
	require.Equal(t, uint64(40), start[eventStep])
	require.Equal(t, map[protowire.Number]any{sessionStatus: uint64(sessionStart)}, fields(t, start[eventSessionLog].([]byte)))

	point := fields(t, records[2])
	require.Equal(t, uint64(42), point[eventStep])
	value := fields(t, fields(t, point[eventSummary].([]byte))[summaryValue].([]byte))
	require.Equal(t, map[protowire.Number]any{valueTag: []byte("train/loss"), valueSimple: math.Float32bits(0.25)}, value)
}

// The check value of CRC-32C for these digits is 0xe3069283.
func TestChecksum(t *testing.T) {
	const crc = 0xe3069283
	require.Equal(t, uint32(0xa282ead8)+(uint32(crc)>>15|uint32(crc&0x7fff)<<17), checksum([]byte("123456789")))
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrors(t *testing.T) {
	_, err := NewWriter(fullDisk{}, 0, time.Now)
	require.EqualError(t, err, "disk full")
}
