package api

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/signaling/protocol"
)

// problem is a protocol.Problem that huma writes as the answer.
type problem struct{ protocol.Problem }

func newProblem(f *protocol.Fault) *problem {
	rule := f.Code.Rule()
	return &problem{protocol.Problem{
		Title:        http.StatusText(rule.HTTP),
		Status:       rule.HTTP,
		Detail:       f.Detail,
		Code:         f.Code,
		Action:       rule.Action,
		RetryAfterMS: f.RetryAfter.Milliseconds(),
	}}
}

// Error makes problem an error.
func (p *problem) Error() string { return string(p.Code) }

// GetStatus is the HTTP status (huma.StatusError).
func (p *problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's (huma.ContentTypeFilter).
func (p *problem) ContentType(string) string { return problemType }

// problems gives huma's own errors (a body that does not parse, a value out of
// bounds) our code. Setting huma.NewError would be shorter, but it is a global.
func problems(_ huma.Context, _ string, v any) (any, error) {
	em, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code := protocol.CodeBadMessage
	switch {
	case em.Status == http.StatusRequestEntityTooLarge:
		code = protocol.CodeTooLarge
	case em.Status >= http.StatusInternalServerError:
		code = protocol.CodeInternal
	}
	p := newProblem(&protocol.Fault{Code: code, Detail: em.Detail})
	p.Status = em.Status // huma has written it already
	p.Title = http.StatusText(em.Status)
	return p, nil
}

// WriteProblem answers a request that no operation took.
func WriteProblem(w http.ResponseWriter, f *protocol.Fault) {
	WriteProblemAs(w, f, f.Code.Rule().HTTP)
}

// WriteProblemAs does so with a status that says more than the code's own.
func WriteProblemAs(w http.ResponseWriter, f *protocol.Fault, status int) {
	p := newProblem(f)
	p.Status, p.Title = status, http.StatusText(status)
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p.Problem)
}
