using System.Globalization;

namespace Godwit.Server.Mosquitto;

/// <summary>
/// Reads values. Mosquitto takes the beginning of a number for the number, and a word for 0; here that is an error, because what it did
/// then was hardly meant.
/// </summary>
internal static class MosquittoValues
{
    /// <summary>Checks the value of a line.</summary>
    /// <returns>Null: it is wrong, and the model has a message.</returns>
    internal static MosquittoSetting? Parse(MosquittoOption option, MosquittoLine line, MosquittoModel model)
    {
        if (line.Rest.Length == 0)
        {
            model.Refuse(line, $"{line.Name} needs a value{Expected(option)}.");
            return null;
        }

        return option.Value switch
        {
            MosquittoValue.Switch => ParseSwitch(option, line, model),
            MosquittoValue.Number => ParseNumber(option, line, model),
            MosquittoValue.Text => ParseText(option, line, model),
            _ => ParseWords(option, line, model),
        };
    }

    private static string Expected(MosquittoOption option) => option switch
    {
        { Value: MosquittoValue.Switch } => ", true or false",
        { Choices.Count: > 0 } => $", one of {string.Join(", ", option.Choices)}",
        { Value: MosquittoValue.Number } => ", a whole number",
        _ => "",
    };

    private static MosquittoSetting? ParseSwitch(MosquittoOption option, MosquittoLine line, MosquittoModel model)
    {
        var word = FirstWord(line, model);
        switch (word)
        {
            case "true" or "1":
                return new MosquittoSetting(option, line, 1);
            case "false" or "0":
                return new MosquittoSetting(option, line, 0);
            default:
                model.Refuse(line, $"{line.Name} is true or false, in small letters, not '{word}'.");
                return null;
        }
    }

    private static MosquittoSetting? ParseNumber(MosquittoOption option, MosquittoLine line, MosquittoModel model)
    {
        var word = FirstWord(line, model);
        if (!long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            model.Refuse(line, $"{line.Name} is a whole number without a unit, not '{word}'.");
            return null;
        }

        if (number < option.Minimum || number > option.Maximum)
        {
            var range = option.Minimum == int.MinValue ? $"at most {option.Maximum}" : $"from {option.Minimum} to {option.Maximum}";
            model.Refuse(line, $"{line.Name} is a number {range}, not {number}.");
            return null;
        }

        return new MosquittoSetting(option, line, number);
    }

    private static MosquittoSetting? ParseText(MosquittoOption option, MosquittoLine line, MosquittoModel model)
    {
        if (option.Choices.Count > 0 && !option.Choices.Contains(line.Rest, StringComparer.Ordinal))
        {
            return RefuseChoice(option, line, line.Rest, model);
        }

        if (line.Rest.Contains(" #", StringComparison.Ordinal))
        {
            model.Warn(line, $"The value of {line.Name} goes to the end of the line: the '#' is a part of it, and not a comment.");
        }

        return new MosquittoSetting(option, line, 0);
    }

    private static MosquittoSetting? ParseWords(MosquittoOption option, MosquittoLine line, MosquittoModel model)
    {
        if (option.Choices.Count == 0)
        {
            return new MosquittoSetting(option, line, 0);
        }

        var word = FirstWord(line, model);
        return option.Choices.Contains(word, StringComparer.Ordinal)
            ? new MosquittoSetting(option, line with { Rest = word }, 0)
            : RefuseChoice(option, line, word, model);
    }

    private static MosquittoSetting? RefuseChoice(MosquittoOption option, MosquittoLine line, string word, MosquittoModel model)
    {
        model.Refuse(line, $"{line.Name} is one of {string.Join(", ", option.Choices)}, not '{word}'.");
        return null;
    }

    /// <summary>Mosquitto reads one word, and leaves the rest of the line alone.</summary>
    private static string FirstWord(MosquittoLine line, MosquittoModel model)
    {
        var words = line.Words;
        if (words.Length > 1 && words[1][0] != '#')
        {
            model.Warn(line, $"Only the first word behind {line.Name} counts; '{string.Join(' ', words[1..])}' has no effect, in Mosquitto neither.");
        }

        return words[0];
    }
}
