// Package static owns the built browser client, which travels inside the
// binary; serving it from a folder beside the binary was rejected, because then
// client and server could be of different versions.
package static

import (
	"embed"
	"io/fs"
)

// dist holds only .gitkeep until the client is built, so that a bare clone
// compiles; "all:" makes that file count.
//
//go:embed all:dist
var dist embed.FS

// FS returns the built client, index.html at its root.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant: only a wrong go:embed line gets here
	}
	return sub
}
