using System.Text;

namespace Godwit.Interop.Options;

/// <summary>A command line as one types it, so that a test row can be read.</summary>
public static class CommandLine
{
    /// <summary>Splits at spaces; single quotes hold a word together and may hold nothing.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder? word = null;
        var isQuoted = false;
        foreach (var character in line)
        {
            if (character == '\'')
            {
                isQuoted = !isQuoted;
                word ??= new StringBuilder();
            }
            else if (character == ' ' && !isQuoted)
            {
                AddWord();
            }
            else
            {
                (word ??= new StringBuilder()).Append(character);
            }
        }

        AddWord();
        return words;

        void AddWord()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }
}
