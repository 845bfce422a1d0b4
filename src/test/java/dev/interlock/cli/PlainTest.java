package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTest {
    @ParameterizedTest
    @CsvSource({"-5,0s", "0,0s", "119,119s", "120,2m", "7199,119m", "7200,2h", "172799,47h", "172800,2d", "8640000,100d"
    })
    void ageIsSaidAsKubectlSaysIt(long seconds, String expected) {
        assertThat(Plain.age(World.NOW.minusSeconds(seconds), World.NOW)).isEqualTo(expected);
    }
}
