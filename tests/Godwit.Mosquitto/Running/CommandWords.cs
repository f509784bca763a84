using System.Globalization;
using System.Text;

namespace Godwit.Mosquitto.Running;

/// <summary>A command line as a person types it, for one broker: the ports and paths of the example become those of the copy.</summary>
internal static class CommandWords
{
    internal static List<string> Of(string command, Example example)
    {
        var words = Split(command);
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0 && words[i - 1] is "-p")
            {
                words[i] = example.Port(int.Parse(words[i], CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture);
            }
            else if (words[i].StartsWith("/etc/mosquitto/", StringComparison.Ordinal) || words[i].StartsWith("/run/mosquitto/", StringComparison.Ordinal))
            {
                words[i] = example.PathOf(words[i]);
            }
        }

        return words.Contains("--unix", StringComparer.Ordinal) ? words : ["-h", "127.0.0.1", .. words];
    }

    private static List<string> Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (isQuoted, isWord) = (false, false);
        foreach (var letter in command)
        {
            if (letter == '\'')
            {
                (isQuoted, isWord) = (!isQuoted, true);
            }
            else if (letter == ' ' && !isQuoted)
            {
                Finish();
            }
            else
            {
                word.Append(letter);
                isWord = true;
            }
        }

        Finish();
        return words;

        void Finish()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }
}
