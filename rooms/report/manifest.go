package report

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// CheckManifest compares a pack's files with its manifest and names those that
// were changed, are missing or are not in it, in the order of their names. By
// itself it finds an accident or a hasty hand: what a forger cannot remake are the
// ledger and what signs the manifest.
func CheckManifest(z *zip.Reader) (wrong []string, err error) {
	m, err := z.Open(PackManifest)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", PackManifest, err)
	}
	defer m.Close()
	sums := make(map[string]string)
	lines := bufio.NewScanner(m)
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if _, again := sums[name]; !ok || again {
			return nil, fmt.Errorf("%s: line %q", PackManifest, lines.Text())
		}
		sums[name] = sum
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", PackManifest, err)
	}
	for _, f := range z.File {
		if f.Name == PackManifest || f.Name == PackSeal {
			continue
		}
		sum, err := sumOf(f)
		if err != nil || sum != sums[f.Name] { // a damaged file is a changed one; so is a second of the same name
			wrong = append(wrong, f.Name)
		}
		delete(sums, f.Name)
	}
	for name := range sums {
		wrong = append(wrong, name)
	}
	slices.Sort(wrong)
	return slices.Compact(wrong), nil
}

func sumOf(f *zip.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
