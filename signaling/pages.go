package signaling

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
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
	// packed are the text files, deflated once: a buyer on a slow line waits for
	// a third of the bytes.
	packed map[string][]byte
}

func newPages(files fs.FS) *pages {
	p := &pages{files: files}
	if files != nil {
		p.index, _ = fs.ReadFile(files, "index.html")
		p.serve = http.FileServerFS(files)
		p.packed = pack(files)
	}
	return p
}

// pack deflates what gets smaller by it. A file that cannot be read is served,
// or refused, as it is.
func pack(files fs.FS) map[string][]byte {
	out := map[string][]byte{}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		switch path.Ext(name) {
		case ".js", ".css", ".svg", ".json", ".html", ".txt":
		default:
			return nil
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
		_, _ = z.Write(raw)                                   // a buffer does not fail
		if z.Close() == nil && b.Len() < len(raw) {
			out[name] = b.Bytes()
		}
		return nil
	})
	return out
}

// servePacked writes the deflated file when there is one and the client takes it.
func (p *pages) servePacked(w http.ResponseWriter, r *http.Request, name string) bool {
	b, ok := p.packed[name]
	if !ok {
		return false
	}
	w.Header().Add("Vary", "Accept-Encoding")
	if !takesGzip(r.Header.Get("Accept-Encoding")) {
		return false
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(b)
	}
	return true
}

func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
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
	if name == "" || name == "index.html" || isStaff(name) || isLink(name) {
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
	if !p.servePacked(w, r, name) {
		p.serve.ServeHTTP(w, r)
	}
}

// isStaff matches the staff's ways in.
func isStaff(name string) bool { return name == "sign-in" || name == "console" }

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
	if p.index != nil && p.servePacked(w, r, "index.html") {
		return
	}
	body := p.index
	if body == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		body = []byte(notBuilt)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
