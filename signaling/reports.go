package signaling

import (
	"bytes"
	"context"
	"io"

	"sangdam/rooms/report"
	"sangdam/rooms/schedule"
	"sangdam/signaling/api"
	"sangdam/signaling/protocol"
)

// reports answers the report routes of a Server.
type reports struct {
	// Fixed.
	s *Server
}

func (r reports) book(ctx context.Context, by schedule.Grants, q api.ReportQuery) (*report.Book, error) {
	e, err := r.s.recorded(ctx, by.Event)
	if err != nil {
		return nil, err
	}
	filter := report.Filter{Day: q.Day, Firm: q.Firm, Country: q.Country}
	return r.s.deps.Records.Book(ctx, e, filter, reportLanguage(e, q.Language))
}

// reportLanguage is the one that was asked for, or else the event's.
func reportLanguage(e *schedule.Event, asked string) report.Language {
	switch asked {
	case "":
		return report.LanguageOf(e.Language)
	case "keys":
		return report.Keys
	}
	return report.LanguageOf(asked)
}

// Table is one table.
func (r reports) Table(ctx context.Context, by schedule.Grants, q api.ReportQuery) (protocol.ReportTable, error) {
	b, err := r.book(ctx, by, q)
	if err != nil {
		return protocol.ReportTable{}, err
	}
	return wireTable(b.Table(report.Sheet(q.Sheet)), b.At()), nil
}

// CSV is the same for spreadsheets.
func (r reports) CSV(ctx context.Context, by schedule.Grants, q api.ReportQuery) ([]byte, error) {
	b, err := r.book(ctx, by, q)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = b.WriteCSV(&out, report.Sheet(q.Sheet))
	return out.Bytes(), err
}

// Workbook has all tables.
func (r reports) Workbook(ctx context.Context, by schedule.Grants, q api.ReportQuery) ([]byte, error) {
	free, err := r.s.deps.Records.Place(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	b, err := r.book(ctx, by, q)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = b.WriteXLSX(&out)
	return out.Bytes(), err
}

// Consultation is all that is known of one of them.
func (r reports) Consultation(ctx context.Context, by schedule.Grants, id schedule.ConsultationID) (protocol.ConsultationReport, error) {
	e, err := r.s.recorded(ctx, by.Event)
	if err != nil {
		return protocol.ConsultationReport{}, err
	}
	return r.s.deps.Records.Consultation(ctx, e, id)
}

// Pack prepares the funder's pack; its place is held until it has been written.
func (r reports) Pack(ctx context.Context, by schedule.Grants, language string) (func(io.Writer) error, error) {
	e, err := r.s.recorded(ctx, by.Event)
	if err != nil {
		return nil, err
	}
	free, err := r.s.deps.Records.Place(ctx)
	if err != nil {
		return nil, err
	}
	p, err := r.s.deps.Records.Pack(ctx, e, reportLanguage(e, language))
	if err != nil {
		free()
		return nil, err
	}
	return func(w io.Writer) error {
		defer free()
		return p.Write(w)
	}, nil
}
