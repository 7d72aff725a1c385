package sheet

// words are the sheet's in one language.
type words struct {
	Title, Lead, Enough, NoOne      string
	Other, OtherLang                string
	Server, Above                   string
	Allow, Outgoing                 string
	To, At, What, Need              string
	Required, Better, Optional      string
	OneOf                           string
	ForPages, ForRelay, ForMedia    string
	ForMediaTCP, ForTURN            string
	Please                          string
	Rules                           []string
	Test                            string
	Tests                           []string
	Safe                            string
	Safety                          []string
	HallTitle, HallLead, HallFile   string
	HallPrint, HallUntil, HallTrust string
	Devices                         []device
	From                            string
}

// device is how one kind of device learns to trust a hall's certificate.
type device struct{ Name, How string }

func wordsOf(lang string) words {
	if lang == "ko" {
		return korean()
	}
	return english()
}

func english() words {
	return words{
		Title:     "Network access for online consultations",
		Lead:      "People in your company meet by video in a web browser. Nothing is installed, and no port has to be opened for incoming connections.",
		Enough:    "One outgoing connection is enough:",
		NoOne:     "Two things are needed: the pages, and one way for audio and video.",
		Other:     "한국어",
		OtherLang: "ko",
		Server:    "Server", Above: "the addresses above",
		Allow: "What to allow", Outgoing: "outgoing, with answers on the same connection",
		To: "To", At: "Port", What: "What it carries", Need: "Needed",
		Required: "required", Better: "recommended", Optional: "optional", OneOf: "one of these",
		ForPages:    "Pages and control: HTTPS and WebSocket (wss)",
		ForRelay:    "Audio and video by TURN over TLS and by ICE-TCP, when no other port is open",
		ForMedia:    "Audio and video (DTLS-SRTP). The best sound on a busy or distant line",
		ForMediaTCP: "Audio and video by ICE-TCP, where UDP is blocked",
		ForTURN:     "Audio and video by TURN over UDP",
		Please:      "What disturbs a meeting",
		Rules: []string{
			"TLS inspection. Please exempt this server: the relay on the same port speaks TURN inside TLS, which inspection breaks.",
			"Proxies that cut WebSockets or long connections. A proxy is fine when it lets CONNECT through to this server and leaves idle connections open for 60 seconds.",
			"UDP rules that forget a flow within less than 30 seconds.",
			"Less than 100 kbit/s each way for a person: the voice needs that. Good pictures take about 3 Mbit/s each way.",
		},
		Test: "How to test",
		Tests: []string{
			"Open the invitation's link in the network in question, on any day before the meeting, and press “Test the network”. It takes less than a minute, says which ways are open, and the result can be saved as a file.",
			"From a command line, this answers “ok”:",
		},
		Safe: "What is on the line",
		Safety: []string{
			"Everything is encrypted: TLS 1.2 or later, and DTLS-SRTP for audio and video, also inside the relay.",
			"The browser connects to this server alone. No other host is contacted.",
			"The relay leads to this server’s own media port and to nothing else, with credentials that expire. It cannot be used to reach your network or anybody else’s.",
		},
		HallTitle: "A server of this hall alone",
		HallLead:  "No public authority vouches for this server. Each device has to be told once to trust it; until then browsers warn, and camera and microphone stay off.",
		HallFile:  "Certificate to trust", HallPrint: "SHA-256 fingerprint", HallUntil: "Valid until",
		HallTrust: "Compare the fingerprint with the one on the server’s console before you trust it. It vouches for this server and for no other.",
		Devices: []device{
			{"Windows (Chrome, Edge)", "Open the file → Install Certificate → Local Machine → “Place all certificates in the following store” → Trusted Root Certification Authorities. Start the browser again."},
			{"macOS (Safari, Chrome)", "Open the file: Keychain Access adds it. Double-click it there → Trust → When using this certificate: Always Trust."},
			{"iPhone, iPad", "Open the file in Safari → Allow. Settings → General → VPN & Device Management → Install. Then Settings → General → About → Certificate Trust Settings: switch it on."},
			{"Android", "Settings → Security → More security settings → Install from device storage → CA certificate → choose the file."},
			{"Firefox (all systems)", "Settings → Privacy & Security → Certificates → View Certificates → Authorities → Import → “Trust this CA to identify websites”."},
		},
		From: "Made from the server’s settings on",
	}
}

func korean() words {
	return words{
		Title:     "온라인 상담 네트워크 허용 안내",
		Lead:      "귀사의 담당자가 웹 브라우저로 화상 상담에 참여합니다. 설치할 프로그램은 없으며, 안으로 들어오는 포트는 열지 않으셔도 됩니다.",
		Enough:    "밖으로 나가는 연결 하나면 충분합니다:",
		NoOne:     "두 가지가 필요합니다. 페이지, 그리고 음성·영상이 지나갈 길 하나입니다.",
		Other:     "English",
		OtherLang: "en",
		Server:    "서버", Above: "위 주소",
		Allow: "허용할 연결", Outgoing: "밖으로 나가는 방향, 응답은 같은 연결로 돌아옵니다",
		To: "목적지", At: "포트", What: "용도", Need: "필요",
		Required: "필수", Better: "권장", Optional: "선택", OneOf: "이 중 하나",
		ForPages:    "페이지와 제어: HTTPS, WebSocket(wss)",
		ForRelay:    "다른 포트가 모두 막혔을 때의 음성·영상: TLS 위의 TURN, ICE-TCP",
		ForMedia:    "음성·영상(DTLS-SRTP). 혼잡하거나 먼 회선에서 소리가 가장 좋습니다",
		ForMediaTCP: "UDP가 막힌 곳에서의 음성·영상: ICE-TCP",
		ForTURN:     "음성·영상: UDP 위의 TURN",
		Please:      "상담을 방해하는 것",
		Rules: []string{
			"TLS 검사(복호화). 이 서버는 제외해 주십시오. 같은 포트의 중계가 TLS 안에서 TURN을 쓰므로, 검사를 하면 끊어집니다.",
			"WebSocket이나 오래 열린 연결을 끊는 프록시. 이 서버로 CONNECT를 허용하고, 조용한 연결을 60초 이상 유지하면 프록시를 거쳐도 됩니다.",
			"30초가 지나기 전에 UDP 흐름을 잊는 규칙.",
			"한 사람에게 양방향 각각 100 kbit/s보다 좁은 회선. 목소리에 그만큼이 필요합니다. 좋은 영상에는 양방향 각각 약 3 Mbit/s가 듭니다.",
		},
		Test: "미리 확인하는 방법",
		Tests: []string{
			"상담 전 아무 날이나, 실제로 쓸 네트워크에서 초대받은 링크를 열고 ‘네트워크 점검’을 누르십시오. 1분이 걸리지 않으며, 어떤 길이 열려 있는지 알려 주고 결과를 파일로 저장할 수 있습니다.",
			"명령줄에서는 다음 명령이 “ok”라고 답합니다:",
		},
		Safe: "회선으로 오가는 것",
		Safety: []string{
			"모두 암호화됩니다. TLS 1.2 이상이며, 음성·영상은 중계 안에서도 DTLS-SRTP로 보호됩니다.",
			"브라우저는 이 서버에만 연결합니다. 다른 곳에는 접속하지 않습니다.",
			"중계는 이 서버의 미디어 포트로만 이어지며 인증 정보는 만료됩니다. 귀사나 다른 곳의 네트워크에 접근하는 데 쓸 수 없습니다.",
		},
		HallTitle: "이 상담장만의 서버",
		HallLead:  "공인 인증기관이 보증하지 않는 서버입니다. 기기마다 한 번씩 신뢰하도록 설정해야 하며, 그 전에는 브라우저가 경고하고 카메라와 마이크를 쓸 수 없습니다.",
		HallFile:  "신뢰할 인증서", HallPrint: "SHA-256 지문", HallUntil: "유효 기한",
		HallTrust: "신뢰하기 전에 서버 콘솔에 표시된 지문과 같은지 비교하십시오. 이 인증서는 이 서버만 보증합니다.",
		Devices: []device{
			{"Windows (Chrome, Edge)", "파일 열기 → 인증서 설치 → 로컬 컴퓨터 → ‘모든 인증서를 다음 저장소에 저장’ → 신뢰할 수 있는 루트 인증 기관. 브라우저를 다시 시작합니다."},
			{"macOS (Safari, Chrome)", "파일을 열면 키체인 접근에 추가됩니다. 그 항목을 두 번 클릭 → 신뢰 → 이 인증서 사용 시: 항상 신뢰."},
			{"iPhone, iPad", "Safari로 파일 열기 → 허용. 설정 → 일반 → VPN 및 기기 관리 → 설치. 이어서 설정 → 일반 → 정보 → 인증서 신뢰 설정에서 켭니다."},
			{"Android", "설정 → 보안 → 기타 보안 설정 → 기기 저장공간에서 설치 → CA 인증서 → 파일 선택."},
			{"Firefox (모든 기기)", "설정 → 개인 정보 및 보안 → 인증서 → 인증서 보기 → 인증 기관 → 가져오기 → ‘웹 사이트를 식별할 때 이 CA를 신뢰’."},
		},
		From: "서버 설정에서 만든 날짜",
	}
}
