// Package bandwidth estimates how much the line to one browser carries, from
// what the browser says arrived.
//
// An Estimator is told of every packet that leaves, of the feedback that comes
// back (transport-wide congestion control, draft-holmer-rmcat-transport-wide-cc-
// extensions-01; receiver reports and REMB where a browser sends only those),
// and says a target in bits a second, and when to probe for more. It sends
// nothing and knows no clock but the times it is given. Pion's gcc was rejected:
// it has no probing, does not know that somebody sent less than the line takes,
// and starts at 10 kbit/s.
package bandwidth
