using System.Text;

namespace Godwit.Cli.Commands;

/// <summary>Asks for a new password: twice on a terminal, without showing it; else it is a line of standard input.</summary>
internal static class PasswordPrompt
{
    /// <summary>Asks. Standard input that is no terminal may hold it once, or twice as <c>mosquitto_passwd</c> wants it.</summary>
    /// <param name="password">What was typed.</param>
    /// <returns>False: the two are not the same.</returns>
    /// <exception cref="UsageException">There is none.</exception>
    internal static bool TryAsk(out string password)
    {
        string? again;
        if (Console.IsInputRedirected)
        {
            password = Console.In.ReadLine() ?? "";
            again = Console.In.ReadLine() ?? password;
        }
        else
        {
            password = ReadHidden("Password: ");
            again = ReadHidden("Reenter password: ");
        }

        return password.Length > 0 ? string.Equals(password, again, StringComparison.Ordinal) : throw new UsageException("the password is empty.");
    }

    private static string ReadHidden(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
