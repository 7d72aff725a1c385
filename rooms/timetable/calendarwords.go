package timetable

import "strings"

// CalendarWords are the few words of a calendar entry.
type CalendarWords struct {
	With        string // {name} is the other side
	YourTime    string
	CenterTime  string
	Booth       string
	Interpreter string
	Link        string
	Cancelled   string
	Weekdays    [7]string // from Sunday
}

// CalendarWordsIn has them in the languages of the pages, others in English.
func CalendarWordsIn(language string) CalendarWords {
	week := func(s string) (w [7]string) {
		copy(w[:], strings.Fields(s))
		return w
	}
	tag, _ := languageTag(language)
	base, _, _ := strings.Cut(tag, "-")
	switch base {
	case "ko":
		return CalendarWords{"{name} 상담", "내 시간", "행사장 시간", "부스", "통역", "입장 링크", "취소됨", week("일 월 화 수 목 금 토")}
	case "fr":
		return CalendarWords{"Entretien avec {name}", "Votre heure", "Heure du salon", "Stand", "Interprète", "Votre lien", "Annulé", week("dim. lun. mar. mer. jeu. ven. sam.")}
	case "ru":
		return CalendarWords{"Переговоры с {name}", "Ваше время", "Время организатора", "Стенд", "Переводчик", "Ваша ссылка", "Отменено", week("вс пн вт ср чт пт сб")}
	case "es":
		return CalendarWords{"Reunión con {name}", "Su hora", "Hora de la feria", "Puesto", "Intérprete", "Su enlace", "Cancelada", week("dom lun mar mié jue vie sáb")}
	case "de":
		return CalendarWords{"Gespräch mit {name}", "Ihre Zeit", "Zeit der Messe", "Stand", "Dolmetscher", "Ihr Link", "Abgesagt", week("So Mo Di Mi Do Fr Sa")}
	case "it":
		return CalendarWords{"Colloquio con {name}", "La sua ora", "Ora della fiera", "Stand", "Interprete", "Il suo link", "Annullato", week("dom lun mar mer gio ven sab")}
	case "pt":
		return CalendarWords{"Reunião com {name}", "Seu horário", "Horário da feira", "Estande", "Intérprete", "Seu link", "Cancelada", week("dom seg ter qua qui sex sáb")}
	case "tr":
		return CalendarWords{"{name} ile görüşme", "Sizin saatiniz", "Fuar saati", "Stant", "Tercüman", "Bağlantınız", "İptal edildi", week("Paz Pzt Sal Çar Per Cum Cmt")}
	case "vi":
		return CalendarWords{"Buổi gặp với {name}", "Giờ của bạn", "Giờ tại hội chợ", "Gian hàng", "Phiên dịch", "Liên kết của bạn", "Đã hủy", week("CN T2 T3 T4 T5 T6 T7")}
	case "id":
		return CalendarWords{"Pertemuan dengan {name}", "Waktu Anda", "Waktu pameran", "Stan", "Juru bahasa", "Tautan Anda", "Dibatalkan", week("Min Sen Sel Rab Kam Jum Sab")}
	case "th":
		return CalendarWords{"การเจรจากับ {name}", "เวลาของคุณ", "เวลาที่งาน", "บูธ", "ล่าม", "ลิงก์ของคุณ", "ยกเลิกแล้ว", week("อา. จ. อ. พ. พฤ. ศ. ส.")}
	case "ja":
		return CalendarWords{"{name}との商談", "現地時間", "会場時間", "ブース", "通訳", "入室リンク", "中止", week("日 月 火 水 木 金 土")}
	case "zh":
		return CalendarWords{"与{name}洽谈", "您的时间", "会场时间", "展位", "口译", "您的链接", "已取消", week("周日 周一 周二 周三 周四 周五 周六")}
	case "ar":
		return CalendarWords{"اجتماع مع {name}", "توقيتك", "توقيت المعرض", "الجناح", "المترجم", "رابطك", "أُلغي", week("الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت")}
	}
	return CalendarWords{"Meeting with {name}", "Your time", "Time at the fair", "Booth", "Interpreter", "Your link", "Cancelled", week("Sun Mon Tue Wed Thu Fri Sat")}
}
