// Package report writes what is known of an event for people and their
// spreadsheets: tables as CSV and as one XLSX workbook, and the pack that a
// funder gets.
//
// A Book belongs to whoever made it and never changes; it has nothing but what
// Facts gave it, asks no store and keeps no state. Letting each page, command
// and route make its own table was rejected: an auditor who holds two of them
// finds the one that rounds differently.
package report
