using System.Diagnostics;

namespace Godwit.House.Scripts;

/// <summary>
/// A folder with copies of our scripts, in which every program they call is a stand-in or one of a few basic tools: nothing is
/// really built, installed or downloaded.
/// </summary>
public sealed class ScriptFolder : IDisposable
{
    private static readonly string[] Tools =
    [
        "awk", "basename", "bash", "cat", "chmod", "date", "dirname", "env", "false", "find", "flock", "grep", "head", "ln", "ls", "mkdir",
        "mv", "perl", "readlink", "rm", "sed", "sh", "sleep", "sort", "tail", "touch", "tr", "true",
    ];

    public ScriptFolder(params string[] scripts)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the scripts are for Unix; godwit.cmd is the launcher for Windows");
        Path = Directory.CreateTempSubdirectory("godwit-house-").FullName;
        Directory.CreateDirectory(PathOf("stubs"));
        foreach (var tool in Tools)
        {
            var found = new[] { "/usr/bin/", "/bin/", "/opt/homebrew/bin/" }.Select(folder => folder + tool).FirstOrDefault(File.Exists);
            if (found is not null)
            {
                File.CreateSymbolicLink(PathOf("stubs/" + tool), found);
            }
        }

        foreach (var script in scripts)
        {
            Write(script, Repository.Read(script).Text, executable: true);
        }
    }

    /// <summary>Where it stands.</summary>
    public string Path { get; }

    /// <summary>The absolute path of a file in this folder.</summary>
    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Writes a file, and the folders around it.</summary>
    public void Write(string file, string text, bool executable = false)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
        if (executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(file), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Puts a stand-in for a program on the PATH; the variable HERE names this folder.</summary>
    public void Stub(string name, string bash) => Write("stubs/" + name, $"#!{PathOf("stubs/bash")}\nHERE='{Path}'\n{bash}\n", executable: true);

    /// <summary>The lines of a file; none when it does not exist.</summary>
    public string[] LinesOf(string file) => File.Exists(PathOf(file)) ? File.ReadAllLines(PathOf(file)) : [];

    /// <summary>Starts a program of this folder; its working directory is this folder, and its PATH holds the stand-ins.</summary>
    public Process Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(PathOf(file), arguments)
        {
            WorkingDirectory = Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = PathOf("stubs");
        start.Environment["HOME"] = Path;
        return Process.Start(start)!;
    }

    /// <summary>Runs a line of bash in this folder to its end.</summary>
    public Task<ScriptResult> Bash(string line, string input = "") => EndOf(Start("stubs/bash", "-c", line), input);

    /// <summary>Waits for the end of a program, 30 s at most.</summary>
    public static async Task<ScriptResult> EndOf(Process process, string input = "")
    {
        using (process)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            var texts = await Task.WhenAll(output, error);
            await process.WaitForExitAsync(patience.Token);
            return new ScriptResult(process.ExitCode, texts[0], texts[1]);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
