package signaling

import (
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// pages serves the built client. Every link has the same page, which says
// nothing about the seat: mail scanners open links, and the secret stands in the
// fragment that only the page itself reads.
type pages struct {
	// Fixed after newPages.
	files fs.FS
	index []byte // nil: the client was not built
	serve http.Handler
}

func newPages(files fs.FS) *pages {
	p := &pages{files: files}
	if files != nil {
		p.index, _ = fs.ReadFile(files, "index.html")
		p.serve = http.FileServerFS(files)
	}
	return p
}

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sangdam</title>
<h1>The client was not built</h1>
<p>This server was compiled without its pages. Run <code>make build</code> and start it again.</p>
`

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" || name == "index.html" || isLink(name) {
		p.page(w, r)
		return
	}
	if info, err := p.stat(name); err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // named by their content
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	p.serve.ServeHTTP(w, r)
}

// isLink matches /j/ID.
func isLink(name string) bool {
	dir, id := path.Split(name)
	return dir == "j/" && id != ""
}

func (p *pages) stat(name string) (fs.FileInfo, error) {
	if p.files == nil {
		return nil, fs.ErrNotExist
	}
	return fs.Stat(p.files, name)
}

func (p *pages) page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	body := p.index
	if body == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		body = []byte(notBuilt)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
