// Package crosstalk finds out whose voice a hall carries into another booth's
// microphone, from nothing but how loud each microphone was (RFC 6464).
//
// A Guard has one owner, who feeds it once a second with the microphones of an
// event, one a booth, so that two who talk with each other are never compared.
// It starts nothing and knows neither rooms nor packets. Comparing the sound
// itself was rejected: the server would have to decode every microphone, and
// listen in on confidential talks to do so.
package crosstalk
