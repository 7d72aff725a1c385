package front

import (
	"io"
	"log"
	"net"
	"net/http"
)

// newRedirect answers requests without TLS on a port that has it: who typed the
// address is sent to the pages, everything else is told that it is wrong. It
// must not work in silence: a link's secret would go over the wire in the clear.
func newRedirect() *http.Server {
	return &http.Server{
		Handler:                      http.HandlerFunc(redirect),
		ReadTimeout:                  sortLimit,
		WriteTimeout:                 sortLimit,
		MaxHeaderBytes:               8 << 10,
		ErrorLog:                     log.New(io.Discard, "", 0), // what anybody sends to a port in the open
		DisableGeneralOptionsHandler: true,
	}
}

func redirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	host := r.Host
	if (r.Method != http.MethodGet && r.Method != http.MethodHead) || host == "" || r.URL.IsAbs() || r.Header.Get("Upgrade") != "" {
		http.Error(w, "This port speaks https.", http.StatusBadRequest)
		return
	}
	if h, p, err := net.SplitHostPort(host); err == nil && p == "443" {
		host = h
	}
	http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
}
