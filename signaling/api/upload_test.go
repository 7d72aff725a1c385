package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// unread is a body that nobody may read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the file was read")
	return 0, io.EOF
}

func TestImport_AStrangersFileIsNotRead(t *testing.T) {
	a := newAttendanceAPI()
	for auth, want := range map[string]int{"": http.StatusUnauthorized, "Bearer nobody": http.StatusUnauthorized, "Bearer buyer": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/events/fair/import?revision=0", unread{t})
		r.Header.Set("Content-Type", "application/octet-stream")
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d %s, want %d", auth, w.Code, w.Body, want)
		}
	}
}
