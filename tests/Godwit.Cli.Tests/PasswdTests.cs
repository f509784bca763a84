using System.Runtime.Versioning;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit passwd</c>, beside <c>mosquitto_passwd</c> and with Debian's mosquitto as the judge.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PasswdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-passwd-").FullName;

    private string PasswordFile => Path.Combine(_folder, "passwd");

    [Theory]
    [InlineData("sha512-pbkdf2")]
    [InlineData("sha512")]
    public async Task Mosquitto_accepts_what_passwd_writes(string kind)
    {
        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync("passwd", "-H", kind, "-c", "-b", PasswordFile, "alice", "pass wörd"));
        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous false", $"password_file {PasswordFile}");

        Assert.Equal(0, (await mosquitto.RunAsync("mosquitto_pub", "-u", "alice", "-P", "pass wörd", "-t", "a", "-m", "x")).ExitCode);
        Assert.NotEqual(0, (await mosquitto.RunAsync("mosquitto_pub", "-u", "alice", "-P", "other", "-t", "a", "-m", "x", "--quiet")).ExitCode);
    }

    [Fact]
    public async Task Users_are_added_changed_and_removed()
    {
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-c", "-b", PasswordFile, "alice", "a")).ExitCode);
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-b", PasswordFile, "bob", "b")).ExitCode);
        var before = File.ReadAllLines(PasswordFile);
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-b", PasswordFile, "alice", "c")).ExitCode);
        var after = File.ReadAllLines(PasswordFile);

        Assert.Equal(["alice", "bob"], after.Select(line => line.Split(':')[0]));
        Assert.NotEqual(before[0], after[0]);
        Assert.Equal(before[1], after[1]);
        Assert.StartsWith("alice:$7$210000$", after[0]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PasswordFile));

        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync("passwd", "-D", PasswordFile, "alice"));
        Assert.Equal((1, "", "Warning: User alice not found in password file.\n"), await GodwitProcess.RunAsync("passwd", "-D", PasswordFile, "alice"));
        Assert.Equal(["bob"], File.ReadAllLines(PasswordFile).Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData("'secret\\n'", 0, "")]
    [InlineData("'secret\\nsecret\\n'", 0, "")]
    [InlineData("'secret\\nother\\n'", 2, "Error: Passwords do not match.\n")]
    public async Task Without_a_terminal_the_password_is_a_line_of_standard_input(string input, int exitCode, string errors)
    {
        using var godwit = GodwitProcess.StartByShell($"printf {input} | \"$0\" passwd -c {PasswordFile} alice");

        Assert.Equal(exitCode, await godwit.ExitAsync());
        Assert.Equal(errors, godwit.Errors);
        Assert.Equal(exitCode == 0, File.Exists(PasswordFile));
    }

    [Fact]
    public async Task A_file_of_plain_passwords_is_hashed_for_Mosquitto()
    {
        File.WriteAllText(PasswordFile, "# two\nalice:secret\nbob:with:colon\n");

        Assert.Equal((0, "2 passwords hashed.\n", ""), await GodwitProcess.RunAsync("passwd", "-U", PasswordFile));

        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous false", $"password_file {PasswordFile}");
        Assert.Equal(0, (await mosquitto.RunAsync("mosquitto_pub", "-u", "bob", "-P", "with:colon", "-t", "a", "-m", "x")).ExitCode);
    }

    [Fact]
    public async Task A_user_has_a_verifier_for_each_mechanism_of_SCRAM()
    {
        string[] command = ["passwd", "-b", PasswordFile, "alice", "secret"];
        File.WriteAllText(PasswordFile, "# scram\n");
        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync([.. command, "--scram", "sha256"]));
        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync([.. command, "--scram", "sha512"]));
        var before = File.ReadAllLines(PasswordFile);
        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync([.. command, "--scram", "sha256"]));
        var after = File.ReadAllLines(PasswordFile);

        Assert.Equal(["# scram", "alice:SCRAM-SHA-256$15000", "alice:SCRAM-SHA-512$15000"], after.Select(line => line.Split(':', 3) is [var user, var costs, _] ? $"{user}:{costs}" : line));
        Assert.NotEqual(before[1], after[1]);
        Assert.Equal(before[2], after[2]);
        Assert.Equal(2, Godwit.Server.Security.Authentication.Scram.ScramFile.Read(PasswordFile).Count);
    }

    [Theory]
    [InlineData("'sha1' is not a hash for SCRAM", "--scram", "sha1", "-b", "f", "u", "p")]
    [InlineData("--scram goes with neither -U nor -H", "--scram", "sha256", "-U", "f")]
    [InlineData("the password file is missing")]
    [InlineData("the user name is missing", "f")]
    [InlineData("-c and -D cannot be used together", "-c", "-D", "f", "u")]
    [InlineData("-b needs the password", "-b", "f", "u")]
    [InlineData("needs -b", "f", "u", "p")]
    [InlineData("-U takes the file and nothing else", "-U", "f", "u")]
    [InlineData("'md5' is not a hash", "-H", "md5", "-b", "f", "u", "p")]
    [InlineData("must not contain the ':' character", "-c", "-b", "f", "a:b", "p")]
    [InlineData("must not contain control characters", "-c", "-b", "f", "a\nb", "p")]
    [InlineData("The user name is empty", "-c", "-b", "f", "", "p")]
    [InlineData("cannot be read", "-b", "/nowhere/at/all", "u", "p")]
    [InlineData("cannot be written", "-c", "-b", "/nowhere/at/all", "u", "p")]
    public async Task A_mistake_is_one_clear_sentence(string words, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["passwd", .. args]);

        Assert.Contains(words, errors);
        Assert.Equal((1, ""), (exitCode, output));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
