using Godwit.Compare.Brokers;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Judging;

/// <summary>Holds figures against what is asked of them.</summary>
internal static class Bars
{
    /// <summary>Judges one figure.</summary>
    /// <param name="figure">What is asked.</param>
    /// <param name="medians">Of each broker that has one.</param>
    /// <param name="faults">What must not happen, in words, of each broker to which it did: a broker that loses messages is cheap for no good reason.</param>
    /// <param name="present">Who was there to be measured.</param>
    public static IEnumerable<Bar> Judge(
        Figure figure, IReadOnlyDictionary<BrokerKind, double> medians, IReadOnlyDictionary<BrokerKind, string> faults, IReadOnlyCollection<BrokerKind> present)
    {
        BrokerKind[] subjects = figure.JudgesMemoryOnly ? [BrokerKind.GodwitMemory] : [BrokerKind.GodwitMemory, BrokerKind.GodwitDurable];
        foreach (var subject in subjects.Where(present.Contains))
        {
            if (figure.MosquittoRatioMax is { } mosquitto)
            {
                yield return Judge(subject, BrokerKind.Mosquitto, mosquitto, medians, faults, present);
            }

            if (figure.RelayRatioMax is { } relay)
            {
                yield return Judge(subject, BrokerKind.Relay, relay, medians, faults, present);
            }
        }
    }

    private static Bar Judge(
        BrokerKind subject,
        BrokerKind against,
        double ratioMax,
        IReadOnlyDictionary<BrokerKind, double> medians,
        IReadOnlyDictionary<BrokerKind, string> faults,
        IReadOnlyCollection<BrokerKind> present)
    {
        if (!present.Contains(against))
        {
            return new Bar(subject, against, Ratio: null, ratioMax, Verdict.NotJudged, $"no {BrokerNames.Of(against)} here");
        }

        if (!medians.TryGetValue(subject, out var own))
        {
            return new Bar(subject, against, Ratio: null, ratioMax, Verdict.Missed, $"no figure of {BrokerNames.Of(subject)}");
        }

        if (!medians.TryGetValue(against, out var other) || other <= 0)
        {
            return new Bar(subject, against, Ratio: null, ratioMax, Verdict.Missed, $"no figure of {BrokerNames.Of(against)}");
        }

        var ratio = own / other;
        if (faults.TryGetValue(subject, out var fault))
        {
            return new Bar(subject, against, ratio, ratioMax, Verdict.Missed, fault);
        }

        return new Bar(subject, against, ratio, ratioMax, ratio <= ratioMax ? Verdict.Reached : Verdict.Missed);
    }
}
