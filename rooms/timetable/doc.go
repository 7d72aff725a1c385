// Package timetable turns a fair's table into an event, compares, checks,
// edits and extends events, and writes them as calendars.
//
// It owns the file's columns, what is said about a bad cell or a clash, and the
// rules of change; events are values that come in and go out, and it keeps
// nothing, knows no store and has no clock. Accepting whatever header a
// spreadsheet has and guessing was rejected: a wrong guess shows on the day, as
// a buyer in the wrong room.
package timetable
