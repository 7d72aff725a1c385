package timetable

import "sangdam/rooms/schedule"

// RefusalCode says why a change is not made. The set is closed.
type RefusalCode string

const (
	RefusedOp           RefusalCode = "unknown_op"
	RefusedConsultation RefusalCode = "unknown_consultation"
	RefusedBooth        RefusalCode = "unknown_booth"
	RefusedFirm         RefusalCode = "unknown_firm"
	RefusedBuyer        RefusalCode = "unknown_buyer"
	RefusedInterpreter  RefusalCode = "unknown_interpreter"
	RefusedID           RefusalCode = "id"
	RefusedIDTwice      RefusalCode = "id_twice"
	RefusedTime         RefusalCode = "time"             // value
	RefusedTimeSkipped  RefusalCode = "time_skipped"     // value, zone
	RefusedEnd          RefusalCode = "end_before_start" //
	RefusedFixed        RefusalCode = "fixed"            // why: live or ended
	RefusedCancelled    RefusalCode = "cancelled"        // it is, and must be restored first
	RefusedNotCancelled RefusalCode = "not_cancelled"
	RefusedUnchanged    RefusalCode = "unchanged"
	RefusedField        RefusalCode = "field" // field: name, country, zone, language, email
	RefusedNameTwice    RefusalCode = "name_twice"
	RefusedPolicy       RefusalCode = "policy"       // field
	RefusedBoothInUse   RefusalCode = "booth_in_use" // of a live move; of the consultation that goes on there

	// Of an extension; of the consultation that could not be moved.
	RefusedStep        RefusalCode = "step" // minutes are none of the event's steps
	RefusedDelayedLive RefusalCode = "delays_live"
	RefusedDelayNight  RefusalCode = "delays_into_night" // party, to, zone
	RefusedDelayDay    RefusalCode = "delays_past_day"
)

// Refusal is the error of a change that is not made.
type Refusal struct {
	Code         RefusalCode             `json:"code"`
	Consultation schedule.ConsultationID `json:"consultation,omitempty"`
	Params       map[string]string       `json:"params,omitempty"`
}

func (r *Refusal) Error() string { return r.Words("en") }

// Words say the refusal in Korean ("ko") or else in English.
func (r *Refusal) Words(language string) string {
	text := fill(refusalWords(r.Code).in(language), "", r.Params)
	if r.Consultation != "" {
		return string(r.Consultation) + ": " + text
	}
	return text
}

// refuse makes a refusal; params come in pairs.
func refuse(code RefusalCode, id schedule.ConsultationID, params ...string) *Refusal {
	r := &Refusal{Code: code, Consultation: id}
	for i := 0; i < len(params); i += 2 {
		if r.Params == nil {
			r.Params = make(map[string]string)
		}
		r.Params[params[i]] = params[i+1]
	}
	return r
}

func refusalWords(code RefusalCode) phrase {
	switch code {
	case RefusedOp:
		return phrase{"There is no such change.", "없는 변경입니다."}
	case RefusedConsultation:
		return phrase{"There is no such consultation.", "없는 상담입니다."}
	case RefusedBooth:
		return phrase{"There is no such booth.", "없는 부스입니다."}
	case RefusedFirm:
		return phrase{"There is no such firm.", "없는 기업입니다."}
	case RefusedBuyer:
		return phrase{"There is no such buyer.", "없는 바이어입니다."}
	case RefusedInterpreter:
		return phrase{"There is no such interpreter.", "없는 통역사입니다."}
	case RefusedID:
		return problemWords(ProblemID)
	case RefusedIDTwice:
		return phrase{"There is already a consultation of that id.", "같은 번호의 상담이 이미 있습니다."}
	case RefusedTime:
		return phrase{"“{value}” is no time. Write it like 2021-12-06T09:40.", "‘{value}’은(는) 시각이 아닙니다. 2021-12-06T09:40처럼 적으세요."}
	case RefusedTimeSkipped:
		return phrase{"{value} does not exist in {zone}: the clocks are put forward over it.", "{zone}에는 {value}이(가) 없습니다. 서머타임으로 건너뛰는 시각입니다."}
	case RefusedEnd:
		return phrase{"The end is not after the start.", "종료가 시작보다 늦지 않습니다."}
	case RefusedFixed:
		return phrase{"It is {why} and can no longer be changed.", "이미 시작했거나 끝난 상담은 바꿀 수 없습니다({why})."}
	case RefusedCancelled:
		return phrase{"It is cancelled. Restore it first.", "취소된 상담입니다. 먼저 되살리세요."}
	case RefusedNotCancelled:
		return phrase{"It is not cancelled.", "취소된 상담이 아닙니다."}
	case RefusedUnchanged:
		return phrase{"That would change nothing.", "바뀌는 것이 없습니다."}
	case RefusedField:
		return phrase{"The field {field} is missing or not valid.", "{field} 값이 없거나 올바르지 않습니다."}
	case RefusedNameTwice:
		return phrase{"There is already a buyer of that name.", "같은 이름의 바이어가 이미 있습니다."}
	case RefusedPolicy:
		return phrase{"The policy is not valid: {field}.", "정책 값이 올바르지 않습니다: {field}."}
	case RefusedBoothInUse:
		return phrase{"People talk in that booth.", "그 부스에서 다른 상담이 진행 중입니다."}
	case RefusedStep:
		return phrase{"It can be extended by {steps} minutes only.", "{steps}분만 연장할 수 있습니다."}
	case RefusedDelayedLive:
		return phrase{"It is already live and cannot be moved.", "이미 진행 중이라 미룰 수 없습니다."}
	case RefusedDelayNight:
		return phrase{"It would end at {to} for {party} ({zone}), after 22:00.", "{party}의 현지 시각({zone})으로 22:00가 넘은 {to}에 끝나게 됩니다."}
	case RefusedDelayDay:
		return phrase{"It would run into the next day.", "다음 날로 넘어가게 됩니다."}
	}
	return phrase{string(code), string(code)}
}
