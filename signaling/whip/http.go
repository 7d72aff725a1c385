package whip

import (
	"context"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/api"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// refusal is an answer that says no; status is 0 where the code has it.
type refusal struct {
	fault  *protocol.Fault
	status int
}

func refuse(code protocol.Code, status int, detail string) *refusal {
	return &refusal{&protocol.Fault{Code: code, Detail: detail}, status}
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if no := h.serve(w, r); no != nil {
		h.write(w, no)
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) *refusal {
	p, link, id, ok := route(r.URL.Path)
	switch {
	case !ok:
		return refuse(protocol.CodeNotFound, 0, "")
	case h.deps.Ours != nil && !h.deps.Ours(r):
		return refuse(protocol.CodeOrigin, 0, "")
	}
	allowed := "OPTIONS, POST"
	if id != "" {
		allowed = "OPTIONS, PATCH, DELETE"
	}
	shareWith(w.Header(), r, allowed)
	switch {
	case r.Method == http.MethodOptions:
		// No ICE servers here: their credentials are for who has shown a key
		// (RFC 9725 4.6).
		w.Header().Set("Allow", allowed)
		if id == "" {
			w.Header().Set("Accept-Post", typeSDP)
		} else {
			w.Header().Set("Accept-Patch", typeFragment)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	case id == "" && r.Method != http.MethodPost, id != "" && r.Method != http.MethodPatch && r.Method != http.MethodDelete:
		w.Header().Set("Allow", allowed)
		return refuse(protocol.CodeBadMessage, http.StatusMethodNotAllowed, "")
	}
	g, no := h.grants(r, p, link)
	switch {
	case no != nil:
		return no
	case id == "":
		return h.post(w, r, p, g)
	}
	if wait, ok := h.patches.Allow(string(link), 1, h.deps.Now()); !ok {
		return tooMany(wait)
	}
	s := h.find(p, link, id)
	switch {
	case s == nil:
		return refuse(protocol.CodeNotFound, 0, "no such session")
	case r.Method == http.MethodDelete:
		s.end("the device ended it")
		w.WriteHeader(http.StatusOK)
		return nil
	}
	return h.patch(w, r, s)
}

// shareWith lets pages of ours ask, which Ours has looked at, and no others
// (CORS): a browser's encoder is a page of the center's own.
func shareWith(to http.Header, r *http.Request, methods string) {
	to.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	to.Set("Access-Control-Allow-Origin", origin)
	to.Set("Access-Control-Expose-Headers", "Location, ETag, Link, Accept-Patch, Retry-After")
	if r.Method == http.MethodOptions {
		to.Set("Access-Control-Allow-Methods", methods)
		to.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
		to.Set("Access-Control-Max-Age", "600")
	}
}

// grants tells what the bearer token of a request opens.
func (h *Handler) grants(r *http.Request, p auth.Purpose, link schedule.LinkID) (schedule.Grants, *refusal) {
	scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return schedule.Grants{}, refuse(protocol.CodeTokenUnknown, 0, "Authorization: Bearer and the device's token")
	}
	var from netip.Addr
	if h.deps.Addr != nil {
		from = h.deps.Addr(r)
	}
	g, err := h.deps.Keys.Grants(r.Context(), p, link, strings.TrimSpace(key), from)
	if err != nil {
		return g, h.failed(err)
	}
	return g, nil
}

// post begins a session (RFC 9725 4.2).
func (h *Handler) post(w http.ResponseWriter, r *http.Request, p auth.Purpose, g schedule.Grants) *refusal {
	if wait, ok := h.posts.Allow(string(p)+" "+string(g.Link), 1, h.deps.Now()); !ok {
		return tooMany(wait)
	}
	if !accepts(r.Header, typeSDP) {
		return refuse(protocol.CodeBadMessage, http.StatusNotAcceptable, "the answer is "+typeSDP)
	}
	offer, no := read(w, r, typeSDP, sfu.MaxOffer)
	if no != nil {
		if no.status == http.StatusUnsupportedMediaType {
			w.Header().Set("Accept-Post", typeSDP)
		}
		return no
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	s := h.newSession(p, g, schedule.ConsultationID(r.URL.Query().Get("consultation")))
	answer, err := h.begin(ctx, s, offer)
	if err != nil {
		return h.failed(err)
	}
	head := w.Header()
	head.Set("Content-Type", typeSDP)
	head.Set("Location", strings.TrimSuffix(r.URL.Path, "/")+"/"+s.id)
	head.Set("ETag", s.tag())
	head.Set("Accept-Patch", typeFragment)
	if h.deps.ICEServers != nil {
		for _, link := range links(h.deps.ICEServers(g.Link, s.id)) {
			head.Add("Link", link)
		}
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
	return nil
}

// begin opens a session's Peer and takes it into its room.
func (h *Handler) begin(ctx context.Context, s *session, offer string) (answer string, err error) {
	to, err := h.belongs(ctx, s.grants, s.asked)
	if err != nil {
		return "", err
	}
	if f := h.reserve(s); f != nil {
		return "", f
	}
	profile := sfu.ProfilePublish
	if s.purpose == auth.PurposeWatch {
		profile = sfu.ProfileWatch
	}
	s.offer = offer
	if s.peer, answer, err = h.deps.Engine.Open(ctx, sfu.Offer{Profile: profile, SDP: offer}, s); err != nil {
		h.forget(s)
		return "", err
	}
	s.audios, s.videos = strings.Count(answer, "\nm=audio "), strings.Count(answer, "\nm=video ")
	if err = s.attach(ctx, to); err == nil && !h.start(s) {
		err = &protocol.Fault{Code: protocol.CodeDraining, RetryAfter: within}
	}
	if err != nil {
		s.close()
		return "", err
	}
	return answer, nil
}

// patch takes candidates, which are not needed, or restarts ICE (RFC 9725 4.3).
func (h *Handler) patch(w http.ResponseWriter, r *http.Request, s *session) *refusal {
	body, no := read(w, r, typeFragment, maxFragment)
	if no != nil {
		if no.status == http.StatusUnsupportedMediaType {
			w.Header().Set("Accept-Patch", typeFragment)
		}
		return no
	}
	match := r.Header.Get("If-Match")
	switch match {
	case "":
		return refuse(protocol.CodeBadMessage, http.StatusPreconditionRequired, "If-Match")
	case "*":
		return h.restart(w, r, s, body)
	case s.tag():
		// The answer had all our candidates, and packets go only to where
		// authenticated checks come from: theirs need not be known.
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return refuse(protocol.CodeConflict, http.StatusPreconditionFailed, "ICE was restarted")
}

func (h *Handler) restart(w http.ResponseWriter, r *http.Request, s *session, fragment string) *refusal {
	ufrag, pwd := value(fragment, "ice-ufrag"), value(fragment, "ice-pwd")
	if !credential(ufrag, 4) || !credential(pwd, 22) {
		return refuse(protocol.CodeBadMessage, 0, "no ICE credentials")
	}
	s.restarts.Lock()
	defer s.restarts.Unlock()
	offer := withCredentials(s.offered(), ufrag, pwd)
	answer, err := h.deps.Engine.Restart(r.Context(), s.peer, offer)
	if err != nil {
		return h.failed(err)
	}
	tag := s.restarted(offer)
	w.Header().Set("Content-Type", typeFragment)
	w.Header().Set("ETag", tag)
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, fragmentOf(answer))
	return nil
}

// read takes a body of one type that is not empty.
func read(w http.ResponseWriter, r *http.Request, typ string, most int64) (string, *refusal) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != typ {
		return "", refuse(protocol.CodeBadMessage, http.StatusUnsupportedMediaType, "the body is "+typ)
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return "", refuse(protocol.CodeTooLarge, 0, "")
	}
	if err != nil || len(b) == 0 {
		return "", refuse(protocol.CodeBadMessage, 0, "no body")
	}
	return string(b), nil
}

// accepts tells whether a client takes a type (RFC 9110 12.5.1); one that says
// nothing takes all.
func accepts(h http.Header, typ string) bool {
	all := strings.Join(h.Values("Accept"), ",")
	if strings.TrimSpace(all) == "" {
		return true
	}
	group, _, _ := strings.Cut(typ, "/")
	for part := range strings.SplitSeq(all, ",") {
		t, params, err := mime.ParseMediaType(part)
		if err != nil || t != typ && t != group+"/*" && t != "*/*" {
			continue
		}
		if q, err := strconv.ParseFloat(params["q"], 64); params["q"] == "" || err == nil && q > 0 {
			return true
		}
	}
	return false
}

// links name ICE servers with their credentials (RFC 9725 4.6).
func links(servers []protocol.ICEServer) (all []string) {
	for _, s := range servers {
		for _, u := range s.URLs {
			link := "<" + u + `>; rel="ice-server"`
			if s.Username != "" {
				link += "; username=" + strconv.Quote(s.Username) + "; credential=" + strconv.Quote(s.Credential) + `; credential-type="password"`
			}
			all = append(all, link)
		}
	}
	return all
}

func tooMany(wait time.Duration) *refusal {
	return &refusal{fault: &protocol.Fault{Code: protocol.CodeRateLimited, RetryAfter: max(wait, time.Millisecond)}}
}

// failed gives an error of ours its answer.
func (h *Handler) failed(err error) *refusal {
	f := *h.deps.Fault(err)
	if bad, ok := errors.AsType[*sfu.OfferError](err); ok {
		f.Detail = bad.Reason // nothing of the offer's own text
	}
	if f.Code == protocol.CodeTooEarly {
		f.RetryAfter = max(f.OpensAt.Sub(h.deps.Now()), time.Second)
	}
	return &refusal{fault: &f}
}

func (h *Handler) write(w http.ResponseWriter, no *refusal) {
	status := no.status
	if status == 0 {
		status = no.fault.Code.Rule().HTTP
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="device"`)
	}
	if no.fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(no.fault.RetryAfter.Seconds()))))
	}
	if status >= http.StatusInternalServerError && no.fault.Code == protocol.CodeInternal {
		h.deps.Logger.Error("a device's request failed", "err", no.fault.Cause)
	}
	api.WriteProblemAs(w, no.fault, status)
}
