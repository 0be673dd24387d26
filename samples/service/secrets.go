package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Fingerprint tells that a secret is there and whether it changed, and nothing of what it is.
type Fingerprint struct {
	Name        string `json:"name"`
	Bytes       int64  `json:"bytes"`
	Fingerprint string `json:"fingerprint"`
}

// The key is new in each process: nobody can try values out against a fingerprint.
var fingerprintKey = func() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails, by its contract
	return key
}()

const secretLimit = 1 << 20

// fingerprints reads the folder anew each time, so that a rotated secret is seen. The CSI driver's own entries start with two dots.
func fingerprints(folder string) ([]Fingerprint, error) {
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return []Fingerprint{}, nil
	}
	if err != nil {
		return nil, err
	}
	found := []Fingerprint{}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "..") {
			continue
		}
		file, err := os.Open(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		sum := hmac.New(sha256.New, fingerprintKey)
		size, err := io.Copy(sum, io.LimitReader(file, secretLimit))
		_ = file.Close()
		if err != nil {
			return nil, err
		}
		found = append(found, Fingerprint{entry.Name(), size, hex.EncodeToString(sum.Sum(nil)[:8])})
	}
	sort.Slice(found, func(a, b int) bool { return found[a].Name < found[b].Name })
	return found, nil
}
