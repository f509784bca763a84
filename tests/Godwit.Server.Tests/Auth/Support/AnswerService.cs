using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Tests.Auth.Support;

/// <summary>A real HTTP service on a free port of 127.0.0.1 whose answers the test chooses.</summary>
internal sealed class AnswerService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<(string Path, string ContentType, string? Authorization, string Body)> _questions = [];
    private int _running;
    private int _most;

    private AnswerService(WebApplication app) => _app = app;

    /// <summary>What it answers: status, body, and before that something to wait for.</summary>
    public Func<string, Task<(int Status, string Body)>> Answer { get; set; } = _ => Task.FromResult((200, ""));

    public Uri Url => new(_app.Urls.First());

    public int MostAtOnce => _most;

    public IReadOnlyList<(string Path, string ContentType, string? Authorization, string Body)> Questions
    {
        get
        {
            lock (_questions)
            {
                return [.. _questions];
            }
        }
    }

    public static async Task<AnswerService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = new AnswerService(builder.Build());
        service._app.Run(service.HandleAsync);
        await service._app.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }

    public void Answers(int status, string body = "") => Answer = _ => Task.FromResult((status, body));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        lock (_questions)
        {
            _questions.Add((context.Request.Path, context.Request.ContentType ?? "", context.Request.Headers.Authorization, body));
            _most = Math.Max(_most, ++_running);
        }

        try
        {
            var (status, answer) = await Answer(body).WaitAsync(context.RequestAborted);
            context.Response.StatusCode = status;
            if (status is 301 or 302)
            {
                context.Response.Headers.Location = "/elsewhere";
            }

            if (answer.Length > 0)
            {
                await context.Response.WriteAsync(answer, context.RequestAborted);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
