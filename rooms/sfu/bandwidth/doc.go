// Package bandwidth estimates how much the line to one browser carries, from
// what the browser says arrived.
//
// An Estimator is told of every packet that leaves, of the feedback that comes
// back, and says a target in bits a second, and when to probe for more. It sends
// nothing, starts nothing and knows no clock but the times it is given; it owns
// what it remembers of packets, its user owns packets, numbers and pacing.
//
// Where things come from: feedback is read as draft-holmer-rmcat-transport-wide-
// cc-extensions-01 section 3.1 has it (report.go). Groups of packets, trend,
// detector and rate control are those of draft-ietf-rmcat-gcc-02 sections 5.2 to
// 5.5 (arrival.go, trend.go, pace.go), with the trendline that took the place of
// its Kalman filter in browsers. Loss is section 6, except that the line's own
// loss is told from ours (loss.go). Not in the draft, but in libwebrtc and in
// bridges that took it over: probing by clusters (probe.go), the rate that
// arrived as a floor for mistakes (delivered.go), what a sender who has little to
// send may conclude (judge.go). Of our own is the wait in the queue as a witness
// beside the trend (queue.go): without a queue a trend is jitter, and while one
// stands, less is sent. Browsers that give no transport-wide feedback have
// receiver reports (RFC 3550 section 6.4.1, receipt.go) and REMB (draft-
// alvestrand-rmcat-remb-03), which only bounds.
//
// Pion's gcc was rejected: it has no probing, does not know that somebody sent
// less than the line takes, takes all loss for congestion, and starts at
// 10 kbit/s.
package bandwidth
