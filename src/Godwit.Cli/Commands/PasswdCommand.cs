using System.CommandLine;
using System.Text;
using Godwit.Cli.Clients;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Security.Authentication.Scram;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit passwd</c>: password files, with the flags of <c>mosquitto_passwd</c>.</summary>
internal static class PasswdCommand
{
    private const string Examples = """
        Examples:
          godwit passwd -c /etc/godwit/passwd alice      a new file with one user; asks for the password
          godwit passwd /etc/godwit/passwd bob           add a user, or change a password
          godwit passwd -D /etc/godwit/passwd bob        remove a user
          godwit passwd -U users.txt                     hash a file of user:password lines
          godwit passwd --scram sha256 /etc/godwit/scram alice   a verifier for SCRAM, in a file of its own
          echo "$SECRET" | godwit passwd /etc/godwit/passwd bob

        The file is that of Mosquitto, in both directions. It is replaced at once, and only its owner can read it. A running broker takes it on SIGHUP.
        Exit codes: 0 done, 1 usage, or the file or the user is not there, 2 the passwords differ.
        """;

    private const int PasswordsDiffer = 2;

    private static readonly Argument<string?> FileWord = new("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "The password file." };
    private static readonly Argument<string?> UserWord = new("USER") { Arity = ArgumentArity.ZeroOrOne, Description = "The user name." };
    private static readonly Argument<string?> PasswordWord = new("PASSWORD") { Arity = ArgumentArity.ZeroOrOne, Description = "With -b: the password." };
    private static readonly Option<bool> CreateFlag = ClientFlags.Flag("--create", "-c", "Make a new file; one that is there is replaced.");
    private static readonly Option<bool> BatchFlag = ClientFlags.Flag("--batch", "-b", "Take the password from the command line, where every user of this machine can see it.");
    private static readonly Option<bool> DeleteFlag = ClientFlags.Flag("--delete", "-D", "Remove the user.");
    private static readonly Option<bool> UpdateFlag = ClientFlags.Flag("--update", "-U", "Hash every password of the file that is still in plain text.");
    private static readonly Option<string?> Scram = new("--scram") { HelpName = "HASH", Description = "Write a verifier for SCRAM, sha256 or sha512, to a file for a source of the kind Scram." };
    private static readonly Option<string?> HashKind = new("--hash", "-H") { HelpName = "KIND", Description = "sha512-pbkdf2, the default, or sha512, for Mosquitto before 2.0; weak." };

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("passwd", "Make and change password files.", Examples) { FileWord, UserWord, PasswordWord, CreateFlag, BatchFlag, DeleteFlag, UpdateFlag, Scram, HashKind };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult result)
    {
        try
        {
            return Change(result);
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine(UsageError.Describe("godwit passwd", exception.Message));
        }
        catch (AuthenticationFileException exception)
        {
            Console.Error.WriteLine($"Error: {exception.Message}");
        }

        return UsageError.ExitCode;
    }

    private static int Change(ParseResult result)
    {
        var words = Words.Of(result);
        if (words.Update)
        {
            var whole = PasswordFileEditor.Open(words.File);
            var hashed = whole.HashAll(password => words.HashOf(password));
            whole.Save();
            Console.WriteLine($"{hashed} passwords hashed.");
            return 0;
        }

        var editor = words.Create ? PasswordFileEditor.Create(words.File) : PasswordFileEditor.Open(words.File);
        if (words.Delete)
        {
            if (!editor.Remove(words.User))
            {
                Console.Error.WriteLine($"Warning: User {words.User} not found in password file.");
                return UsageError.ExitCode;
            }

            editor.Save();
            return 0;
        }

        if (words.Password is not { } password && !PasswordPrompt.TryAsk(out password))
        {
            Console.Error.WriteLine("Error: Passwords do not match.");
            return PasswordsDiffer;
        }

        var bytes = Encoding.UTF8.GetBytes(password);
        if (words.Scram is { } method)
        {
            editor.Set(words.User, ScramVerifier.Create(method, bytes));
        }
        else
        {
            editor.Set(words.User, words.HashOf(bytes));
        }

        editor.Save();
        return 0;
    }

    /// <summary>What was typed, when it makes sense.</summary>
    private sealed record Words(string File, string User, string? Password, bool Create, bool Delete, bool Update, bool IsWeak, ScramMethod? Scram)
    {
        internal static Words Of(ParseResult result)
        {
            var kind = result.GetValue(HashKind) ?? "sha512-pbkdf2";
            if (kind is not ("sha512" or "sha512-pbkdf2"))
            {
                throw new UsageException($"'{kind}' is not a hash: sha512-pbkdf2, or sha512.");
            }

            bool create = ClientFlags.IsSet(result, CreateFlag), batch = ClientFlags.IsSet(result, BatchFlag), delete = ClientFlags.IsSet(result, DeleteFlag), update = ClientFlags.IsSet(result, UpdateFlag);
            if (create && delete)
            {
                throw new UsageException("-c and -D cannot be used together.");
            }

            var file = result.GetValue(FileWord) ?? throw new UsageException("the password file is missing.");
            var user = result.GetValue(UserWord);
            var password = result.GetValue(PasswordWord);
            if (update && (create || delete || batch || user is not null))
            {
                throw new UsageException("-U takes the file and nothing else.");
            }

            if (!update && user is null)
            {
                throw new UsageException("the user name is missing.");
            }

            if (batch && !delete && password is null)
            {
                throw new UsageException("-b needs the password.");
            }

            if (password is not null && (!batch || delete))
            {
                throw new UsageException("a password on the command line needs -b, and -D needs none.");
            }

            var scram = MethodOf(result.GetValue(PasswdCommand.Scram));
            if (scram is not null && (update || result.GetValue(HashKind) is not null))
            {
                throw new UsageException("--scram goes with neither -U nor -H.");
            }

            var error = update ? "" : PasswordFileEditor.ErrorIn(user!);
            return error.Length == 0 ? new Words(file, user ?? "", password, create, delete, update, kind is "sha512", scram) : throw new UsageException(error);
        }

        private static ScramMethod? MethodOf(string? word) => word switch
        {
            null => null,
            "sha256" => ScramMethod.Sha256,
            "sha512" => ScramMethod.Sha512,
            _ => throw new UsageException($"'{word}' is not a hash for SCRAM: sha256 or sha512."),
        };

        internal PasswordHash HashOf(byte[] password) => IsWeak ? Sha512Hash.Create(password) : Pbkdf2Hash.Create(password);
    }
}
