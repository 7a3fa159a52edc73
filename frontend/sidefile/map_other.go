//go:build !unix

package sidefile

import (
	"errors"
	"os"
)

func mapped(*os.File, int64, int) ([]byte, error) { return nil, errors.ErrUnsupported }
