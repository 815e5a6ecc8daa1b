"""The service taxonomy as phrases of plain words, per language; staff may add to them.

A phrase is lower case; `*` ends a word freely (wait* = wait, waiting ...), `_` stands for up to three words between.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

ThemeCode = Literal[
    "speed",
    "knowledge",
    "patience",
    "accommodation",
    "waiting_between_steps",
    "kept_informed",
    "paperwork",
    "repeating",
    "price",
    "staff_manner",
    "web_app",
    "other",
]
CODES: tuple[ThemeCode, ...] = get_args(ThemeCode)
OTHER: ThemeCode = "other"

_ENGLISH: dict[ThemeCode, str] = {
    "speed": """
        quick*|fast|faster|speed*|slow|slowly|slower|slowness|prompt|promptly|promptness|swift*|rapid*|
        efficient|efficiently|inefficient*|efficiency|on time|in time|late|lateness|punctual*|response time*|
        took ages|took forever|took hours|took too long|took so long|so long to|too long|immediately|
        straight away|right away|instantly|in no time|in a timely|timely|timeliness|hold for|on hold|
        in the queue|queue*|queuing|long wait*|short wait*|waiting time*|wait time*|waited _ hour*|
        waited _ minute*|hours wait*|hour wait|minutes wait*|minute wait|running late|delay|delays|delayed|
        time keeping|timekeeping|wait _ seen|waiting _ seen|waiting around|waited ages|kept waiting|
        waiting room for
    """,
    "knowledge": """
        knowledge|knowledgeable|knew what|knew exactly|knew their|knows what|expert*|expertise|competen*|
        incompeten*|professional|professionally|professionalism|unprofessional*|skilled|skill|skills|
        well trained|untrained|training|clueless|no idea|did not know|didn't know|don't know what they|
        wrong information|wrong answer|wrong advice|misinformed|incorrect|accurate|inaccurate|correct answer|
        right answer|informative|experienced|inexperienced|qualified|mistake|mistakes|error|errors
    """,
    "patience": """
        patient with|patient and|patience|impatient*|very patient|so patient|rushed|in a hurry|hurried|hurry|
        took the time|took time|took his time|took her time|took their time|time to listen|time to explain|
        listened|listen to|listens|listening|not listen*|didn't listen|never listen*|calm|calmly|cut me off|
        interrupt*|hung up on|gave me time|not rush*|felt rushed
    """,
    "accommodation": """
        accommodat*|flexible|flexibly|flexibility|inflexible|went out of _ way|out of their way|extra mile|
        above and beyond|bend the rules|bent the rules|made an exception|made exceptions|no exception*|
        special request*|met my needs|meet my needs|my needs|fit me in|fitted me in|fitted in|squeeze* me in|
        rearrange*|reschedule*|alternative|alternatives|options|a choice|choices|could not help|couldn't help|
        wouldn't help|would not help|refused to|went beyond|tailored|personalised|personalized|
        nothing was too much|not too much trouble|catered for|cater for
    """,
    "waiting_between_steps": """
        wait* _ week*|wait* _ month*|wait* _ day|wait* _ days|weeks to|months to|days to get|weeks later|
        months later|weeks for|months for|still waiting|waiting list*|waiting for _ appointment|
        wait for _ appointment|waiting for _ result*|waiting for _ approval|waiting for _ decision|
        between appointments|between steps|between stages|next appointment|next step took|nothing happened for|
        waiting for _ reply|waiting for _ answer|wait for _ reply|weeks before|months before|took weeks|
        took months|took days|weeks and weeks|several weeks|several months|waited weeks|waited months|
        waited days|days went by|weeks went by|dragged on|drags on|gap between|referral time|waiting to hear
    """,
    "kept_informed": """
        no news|any news|heard nothing|heard back|hear back|never heard|not heard|hadn't heard|haven't heard|
        heard anything|no one called|nobody called|no one called back|called back|call back|call me back|
        ring back|rang back|phone back|get back to me|got back to me|gets back to|come back to me|
        came back to me|no response|no reply|no answer|not replied|didn't reply|did not reply|never replied|
        no update*|update|updates|updated|keep me updated|kept me updated|kept informed|keep _ informed|
        kept _ informed|kept up to date|up to date with|informed|uninformed|not informed|well informed|
        was not told|wasn't told|were not told|not being told|not told|never told|weren't told|nobody told|
        no one told|left in the dark|in the dark|no communication|lack of communication|poor communication|
        better communication|more communication|communication|communicate*|communicating|no information|
        lack of information|more information|information about|information on|not enough information|
        clear information|clearer information|information given|given information|clear explanation*|explained|
        explain|explains|explanation|explanations|what is happening|what was happening|what's happening|
        what was going on|what is going on|what's going on|what to expect|what happens next|what would happen|
        happen next|status of|status unknown|no idea when|did not know when|didn't know when|didn't know if|
        don't know if|don't know when|no notice|advance notice|without notice|let me know|let us know|
        letting me know|letting us know|tell me what|tell us what|confirmation|confirmed|acknowledg*|
        no feedback on|follow up|followed up|no follow up|chase|chased|chasing|had to chase|notified|
        not notified|notify
    """,
    "paperwork": """
        paperwork|paper work|form|forms|fill in|fill out|filled in|filling in|filling out|document|documents|
        documentation|signature|signatures|sign the|red tape|bureaucra*|administrat*|scan*|upload|uploaded|
        uploading|print*|photocop*|paperless|proof of|certified cop*|by post|letter|letters|small print|
        questionnaire
    """,
    "repeating": """
        repeat|repeated|repeatedly|repeating|repetition|repetitive|same question*|same information|
        same thing again|over and over|again and again|time and again|explain again|tell my story|told my story|
        tell them again|start again|started again|start over|all over again|passed around|passed from|
        pass me around|pillar to post|transferred _ times|transferred to|transferred three|called _ times|
        rang _ times|phoned _ times|call again|called again|call twice|called twice|second call|third call|
        second time|third time|several calls|multiple calls|many calls|had to call|had to ring|had to phone|
        different person|different people every|different person every|someone different|each time|every time i
    """,
    "price": """
        price|prices|priced|pricing|overpriced|expensive|cheap|cheaper|cost|costs|costly|charge|charged|charges|
        charging|fee|fees|refund|refunds|refunded|non refundable|value for money|money|bill|bills|billed|
        billing|invoice*|payment|payments|pay for|paid|discount*|rip off|ripped off|premium|affordable|tariff|
        hidden cost*
    """,
    "staff_manner": """
        friendly|unfriendly|friendliness|kind|kindly|kindness|polite|politely|politeness|impolite|rude|rudely|
        rudeness|helpful|unhelpful|helpfulness|courteous|courtesy|discourteous|caring|uncaring|warm|welcoming|
        welcome|welcomed|pleasant|unpleasant|attitude|attitudes|attentive|inattentive|compassion*|empath*|
        sympath*|understanding|respect|respectful|respected|disrespect*|smile|smiled|smiling|smiles|cheerful|
        nice people|nice staff|lovely|arrogant|dismissive|condescending|patronising|patronizing|ignored|
        bad mannered|manner|manners|considerate|approachable|supportive|reassuring|reassured|put me at ease|
        at ease|made me feel|treated me|treated with|treated us|bedside|enthusiastic|great staff|
        excellent staff|wonderful staff|good staff|staff were|staff are|staff was|all the staff|all staff|
        the staff
    """,
    "web_app": """
        website|web site|web page|webpage|web|app|apps|online|on line|portal|log in|logging in|login|log on|
        password|passwords|crash*|page|pages|click*|link does not|link did not|broken link|browser|chat bot|
        chatbot|bot|loading|load|site is|site was|the site|mobile|download*|screen|screens|internet|wifi|wi fi
    """,
}


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split("|"))


TAXONOMY: Mapping[str, Mapping[ThemeCode, tuple[str, ...]]] = MappingProxyType(
    {"en": {code: _phrases(text) for code, text in _ENGLISH.items()}}
)

# Words of danger, law and harm: a comment with one of them is looked at by a person first.
CONCERNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": _phrases(
            """
        lawyer*|solicitor*|attorney*|legal action|sue|suing|sued|lawsuit*|take _ to court|court case|ombudsman|
        regulator|trading standards|data breach|gdpr|privacy breach|fraud*|stolen|theft|scam*|discriminat*|
        racis*|sexis*|harass*|assault*|abuse|abused|abusive|threat*|unsafe|dangerous|danger|injur*|hurt myself|
        accident|fire hazard|electric shock|gas leak|allergic reaction|poison*|suicid*|self harm|kill myself|
        end my life|emergency
    """
        )
    }
)
