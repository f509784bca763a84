using System.Text;
using Godwit.Conformance.Checks.Tables;
using Godwit.Conformance.Running;

namespace Godwit.Conformance.Checks;

/// <summary>Control characters and non-characters, which a broker may refuse (5.0 §1.5.4, 3.1.1 §1.5.3).</summary>
public static class CharacterChecks
{
    /// <summary>A broker treats control characters alike in all strings.</summary>
    [Check("Trap-14", Versions = Versions.Both, IsRecommendation = true)]
    public static async Task Control_characters_are_treated_alike_in_every_string(Probe probe) =>
        probe.Saw($"control characters are {await BehaviourAsync(probe, [0x01, 0x1F, 0x7F, 0x9F])}");

    /// <summary>A broker treats non-characters alike in all strings.</summary>
    [Check("Trap-14", Versions = Versions.Both, IsRecommendation = true)]
    public static async Task Non_characters_are_treated_alike_in_every_string(Probe probe) =>
        probe.Saw($"non-characters are {await BehaviourAsync(probe, [0xFDD0, 0xFFFF, 0x1FFFE, 0x10FFFF])}");

    /// <summary>The first character in every string, and all characters in the Topic Name.</summary>
    /// <returns>accepted or refused.</returns>
    private static async Task<string> BehaviourAsync(Probe probe, int[] characters)
    {
        var fields = StringField.Of(probe.Version).Concat(probe.IsVersion5 ? StringField.Pairs : []).ToList();
        var cases = fields.Select(field => (Field: field, Character: characters[0]))
            .Concat(characters.Skip(1).Select(character => (Field: fields.First(field => field.Place == Place.Publish), Character: character)));
        var behaviours = new HashSet<string>(StringComparer.Ordinal);
        await Cases.EachAsync(cases, row => $"U+{row.Character:X4} as {row.Field.Name}", async row =>
        {
            if (!(await AnswerAsync(probe, row.Field, "")).Accepted)
            {
                return;                 // refused for another reason, e.g. a User Name that does not exist
            }

            var (accepted, answer) = await AnswerAsync(probe, row.Field, char.ConvertFromUtf32(row.Character));
            var behaviour = accepted ? "accepted" : "refused";
            lock (behaviours)
            {
                behaviours.Add(behaviour);
                Probe.Ensure(behaviours.Count == 1, "one behaviour for all", $"{behaviour} ({answer})");
            }
        });
        return behaviours.Single();
    }

    private static async Task<(bool Accepted, string Answer)> AnswerAsync(Probe probe, StringField field, string character)
    {
        var situation = await Situation.PrepareAsync(probe, field.Place);
        return await situation.AnswerAsync(field.BuildWith(situation, Encoding.UTF8.GetBytes("text" + character)));
    }
}
