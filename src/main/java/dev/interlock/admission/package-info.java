/// The AdmissionReview endpoint: decode, parse, gather, evaluate, journal, answer.
@NullMarked
package dev.interlock.admission;

import org.jspecify.annotations.NullMarked;
