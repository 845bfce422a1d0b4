package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonMappingException;
import dev.interlock.decision.Entry;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class DecisionEntryTest {
    private static final Instant AT = Instant.parse("2026-11-25T10:00:00.500999Z");

    @Test
    void anEntryReadsBackAsItWasWritten() throws Exception {
        DecisionEntry entry = DecisionEntry.of(Entries.denied("uid-1", "checkout", AT), "origin");
        assertThat(Body.read(Body.of(entry), DecisionEntry.class)).isEqualTo(entry);
    }

    @Test
    void theWireFormIsCanonical() {
        Entry entry = Entries.denied("uid-1", "checkout", AT);
        assertThat(Body.of(DecisionEntry.of(entry, "origin"))).isEqualTo("""
                        {"admitted":false,"approves":false,"at":"2026-11-25T10:00:00.500Z","caller":"unverified","checks":1,
                        "claim":"Unlisted","cluster":"6a9e2f8c-cluster","content":"%s","decision":"%s","gate":"Required","id":"uid-1",
                        "operation":"CREATE","origin":"origin","outcome":"Denied",
                        "policies":[{"generation":3,"name":"production","uid":"policy-uid"}],"promoter":true,
                        "reasons":[{"alreadyPresent":false,"check":"images-pinned","code":"ImageNotPinned","effect":"Denies",
                        "message":"image has no digest: add one","mode":"Enforce","ownerTeam":"platform",
                        "path":"spec.template.spec.containers[0].image","policy":"production","remedy":"pin it"}],
                        "requester":"alice","schema":1,"service":"payments","stage":"production",
                        "subject":{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout","namespace":"payments",
                        "uid":"uid-of-checkout"},"subresource":"","template":"%s","trigger":"Admission"}""".replace("\n", "").formatted(
                entry.decision().basis().content().digest(),
                entry.decision().id(),
                entry.decision().basis().template()));
    }

    @Test
    void theWireFormIsTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        Entry entry = Entries.denied("uid-1", "checkout", AT);
        String body = Body.of(DecisionEntry.of(entry, "origin"));
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(Body.of(DecisionEntry.of(entry, "origin"))).isEqualTo(body);
            assertThat(Body.time(AT)).isEqualTo("2026-11-25T10:00:00.500Z");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void membersThatAReaderDoesNotKnowArePassedBy() throws Exception {
        DecisionEntry entry = DecisionEntry.of(Entries.warned("uid-1", "checkout", AT), "origin");
        String newer = Body.of(entry).replaceFirst("\\{", "{\"added\":{\"later\":[1]},");
        assertThat(Body.read(newer, DecisionEntry.class)).isEqualTo(entry);
    }

    @Test
    void aMemberThatAReaderNeedsIsNotMadeUp() {
        String body = Body.of(DecisionEntry.of(Entries.allowed("uid-1", "checkout", AT), "origin"));
        assertThatExceptionOfType(JsonMappingException.class)
                .isThrownBy(() -> Body.read(body.replace("\"outcome\"", "\"other\""), DecisionEntry.class));
        assertThatExceptionOfType(JsonMappingException.class)
                .isThrownBy(() -> Body.read(body.replace("\"admitted\"", "\"other\""), DecisionEntry.class));
    }
}
