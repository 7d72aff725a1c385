// Package timetable reads a fair's timetable from a CSV file and moves it in
// time.
//
// It owns the file's columns and what is said about a bad cell; the event it
// returns is the caller's. It keeps nothing and knows no store. Accepting
// whatever header a spreadsheet has and guessing was rejected: a wrong guess
// shows on the day, as a buyer in the wrong room.
package timetable
