// Package soak holds a server under a load that never rests, for as long as it is
// told, and then looks at what the server has kept of it: goroutines, memory,
// descriptors.
//
// A Soak owns a redis-server and a `sangdam serve` as processes of their own, so
// that what is counted is the server's alone, and the crowd that loads it. It
// judges leaks and not speed: how late anything was depends on what else the
// machine does. Counting inside of a test process was rejected: the people's own
// goroutines and buffers are many times the server's.
package soak
