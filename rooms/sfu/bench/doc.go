// Command bench measures what a forwarded packet costs: the Engine against a bare
// relay that receives, unprotects, rewrites the header, protects and sends, in one
// goroutine with one system call a packet.
//
// One process conducts: it is the crowd of people who send and receive, on one core,
// and starts the server to be measured as a process of its own on another, in turn,
// so that whatever else the machine does hits all alike. The crowd owns all sockets
// of its people in one loop over epoll: with a goroutine a socket (package lean) the
// client's core would be full long before the server's.
package main
